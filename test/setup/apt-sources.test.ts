import { expect } from 'chai';
import { debianMirror, parseSources } from '../../scripts/lib/apt-sources.mjs';

const DEB822 = `# The archive
Types: deb deb-src
URIs: http://mirror.example/debian/
Suites: bookworm bookworm-updates
Components: main
  contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;

describe("Debian's mirror in apt's source lists", () => {
  it('reads the deb822 format, with fields that continue on the next line', () => {
    const [archive, security] = parseSources(DEB822, 'deb822');
    expect(archive).to.deep.equal({
      uris: ['http://mirror.example/debian/'],
      suites: ['bookworm', 'bookworm-updates'],
      components: ['main', 'contrib'],
      signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
    });
    expect(security?.suites).to.deep.equal(['bookworm-security']);
    expect(debianMirror([archive!, security!])).to.equal('http://mirror.example/debian');
  });

  it('skips entries that are switched off or hold only source packages', () => {
    expect(parseSources('Types: deb-src\nURIs: http://a.example/debian\nSuites: sid\n', 'deb822')).to.be.empty;
    expect(parseSources('Enabled: no\nTypes: deb\nURIs: http://a.example/debian\n', 'deb822')).to.be.empty;
    expect(parseSources('# deb http://a.example/debian sid main\ndeb-src http://a.example/debian sid main', 'one-line'))
      .to.be.empty;
  });

  it('reads the one-line format, with and without options', () => {
    const text = [
      'deb http://security.example/debian-security bookworm-security main',
      'deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://a.example/d bookworm main # ours',
    ].join('\n');
    const entries = parseSources(text, 'one-line');
    expect(entries[1]).to.deep.equal({
      uris: ['https://a.example/d'],
      suites: ['bookworm'],
      components: ['main'],
      signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
    });
    expect(debianMirror(entries)).to.equal('https://a.example/d');
  });

  it("skips other archives that use the names of Debian's suites", () => {
    const text = [
      'deb [signed-by=/etc/apt/keyrings/tools.gpg] https://tools.example/linux/debian bookworm main',
      'deb https://php.example/php bookworm main',
      'deb http://packages.example/debian stable-backports main',
      'deb cdrom:[Debian 12]/debian bookworm main',
    ].join('\n');
    expect(debianMirror(parseSources(text, 'one-line'))).to.equal(undefined);
  });

  it('accepts an entry without a keyring by its folder, as in old installations', () => {
    const entries = parseSources('deb http://mirror.example/debian/ bookworm main contrib', 'one-line');
    expect(debianMirror(entries)).to.equal('http://mirror.example/debian');
  });
});
