// Reads apt's two formats of source lists (sources.list(5)) and finds the mirror of Debian's own archive in
// them.

/** The entries of one file from which apt would fetch packages. */
export function parseSources(text, format) {
  return format === 'deb822' ? parseDeb822(text) : parseOneLine(text);
}

function parseOneLine(text) {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) return [];
    const [, options = '', uri, suite, components = ''] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1] ?? '';
    return [{ uris: [uri], suites: [suite], components: words(components), signedBy }];
  });
}

function parseDeb822(text) {
  const paragraphs = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .split(/\n\s*\n/);
  return paragraphs.flatMap((paragraph) => {
    const fields = readFields(paragraph);
    const isOff = /^(no|false|off|0|without|disable)$/i.test(fields.enabled ?? '');
    if (isOff || !words(fields.types).includes('deb')) return [];
    const { uris, suites, components } = fields;
    return [
      { uris: words(uris), suites: words(suites), components: words(components), signedBy: fields['signed-by'] ?? '' },
    ];
  });
}

function readFields(paragraph) {
  const fields = {};
  // A line that starts with a blank continues the field above it.
  for (const line of paragraph.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return fields;
}

const words = (text = '') => text.split(/\s+/).filter(Boolean);

const DEBIAN_SUITE =
  /^(bullseye|bookworm|trixie|forky|duke|sid|oldoldstable|oldstable|stable|testing|unstable)(-updates)?$/;

/**
 * The address of Debian's main archive in these entries, without the final slash. Other archives use Debian's
 * suite names too, so the entry must be signed with Debian's own keyring, or name no keyring and end in a
 * folder called `debian`. Debian's security archive does not count.
 */
export function debianMirror(entries) {
  const candidates = entries.filter(
    (entry) => entry.components.includes('main') && entry.suites.some((suite) => DEBIAN_SUITE.test(suite)),
  );
  const signed = candidates.filter((entry) => /debian-archive/.test(entry.signedBy));
  for (const entry of [...signed, ...candidates]) {
    const own = signed.includes(entry) || entry.signedBy === '';
    const uri = entry.uris.find(
      (uri) => /^https?:/.test(uri) && !/security/.test(uri) && own && (signed.includes(entry) || inDebianFolder(uri)),
    );
    if (uri) return uri.replace(/\/+$/, '');
  }
  return undefined;
}

const inDebianFolder = (uri) => /\/debian\/*$/.test(uri);
