import type { SoftphoneAccount } from '../../app/services.js';

type Section = readonly [name: string, entries: Readonly<Record<string, string>>];

/**
 * A softphone account in the format of Linphone's remote provisioning: sections and keys of its configuration
 * file as XML (wiki.linphone.org, "Remote Provisioning"; liblinphone, "Provisioning configuration keys").
 * Every entry overwrites the phone's own setting, so that the phone has this account only. `srtp`: our side
 * accepts encrypted media only.
 */
export function linphoneConfig({ centralist, server, transport }: SoftphoneAccount, srtp: boolean): string {
  const { name, sipUsername, sipPassword } = centralist;
  const host = server.replace(/:\d+$/, '');
  const proxy = `<sip:${server};transport=${transport}>`;
  const sections: readonly Section[] = [
    // The link works once, so Linphone must not request it again at its next start.
    ['misc', { transient_provisioning: '1' }],
    ['sip', { default_proxy: '0', ...mediaEncryption(srtp), use_rfc2833: '1', use_info: '0' }],
    // Without a realm, Linphone uses this password for any realm that the server at this address asks for.
    ['auth_info_0', { username: sipUsername, userid: sipUsername, passwd: sipPassword, domain: host }],
    [
      'proxy_0',
      {
        reg_proxy: proxy,
        reg_route: proxy,
        reg_identity: `${quoted(name)} <sip:${sipUsername}@${host}>`,
        reg_sendregister: '1',
        reg_expires: '600',
        publish: '0',
        dial_escape_plus: '0',
      },
    ],
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<config xmlns="http://www.linphone.org/xsds/lpconfig.xsd">',
    ...sections.flatMap(sectionLines),
    '</config>',
    '',
  ].join('\n');
}

/** The phone gets our own setting, because a phone with another setting would fail only in its first call. */
function mediaEncryption(srtp: boolean): Record<string, string> {
  return { media_encryption: srtp ? 'srtp' : 'none', media_encryption_mandatory: srtp ? '1' : '0' };
}

function sectionLines([name, entries]: Section): string[] {
  const lines = Object.entries(entries).map(
    ([key, value]) => `    <entry name="${key}" overwrite="true">${escaped(value)}</entry>`,
  );
  return [`  <section name="${name}">`, ...lines, '  </section>'];
}

/** A display name in a SIP address (RFC 3261, section 25.1: quoted-string), on one line. */
function quoted(name: string): string {
  const oneLine = name.replace(/\s+/g, ' ').replace(/[\p{Cc}]/gu, '');
  return `"${oneLine.replace(/[\\"]/g, '\\$&')}"`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
