import { expect } from 'chai';
import { linphoneConfig } from '../../../src/adapters/http/linphone-config.js';

describe('Linphone configuration of a softphone', () => {
  const account = (name: string, transport: 'udp' | 'tls', server = '192.0.2.10:5060', srtp = false) =>
    linphoneConfig(
      {
        centralist: {
          id: 1,
          name,
          extension: '201',
          sipUsername: 'desk-201-4f1c9a',
          sipPassword: 'p<&>"w',
          pinDigest: null,
          onDuty: false,
          removedAt: null,
          createdAt: 0,
        },
        server,
        transport,
      },
      srtp,
    );

  it('is an XML document whose entries overwrite the settings of the phone', () => {
    const xml = account('Kees Voorbeeld', 'udp');
    expect(xml).to.match(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<config xmlns="http:\/\/www.linphone.org\/xsds\/lpconfig.xsd">/,
    );
    expect([...xml.matchAll(/<section name="(\w+)">/g)].map(([, name]) => name)).to.deep.equal([
      'misc',
      'sip',
      'auth_info_0',
      'proxy_0',
    ]);
    expect(xml.match(/<entry /g)).to.have.length((xml.match(/ overwrite="true">/g) ?? []).length);
    for (const line of [
      '<entry name="transient_provisioning" overwrite="true">1</entry>',
      '<entry name="username" overwrite="true">desk-201-4f1c9a</entry>',
      '<entry name="passwd" overwrite="true">p&lt;&amp;&gt;&quot;w</entry>',
      '<entry name="domain" overwrite="true">192.0.2.10</entry>',
      '<entry name="reg_proxy" overwrite="true">&lt;sip:192.0.2.10:5060;transport=udp&gt;</entry>',
      '<entry name="reg_identity" overwrite="true">&quot;Kees Voorbeeld&quot; &lt;sip:desk-201-4f1c9a@192.0.2.10&gt;</entry>',
      '<entry name="media_encryption" overwrite="true">none</entry>',
    ]) {
      expect(xml).to.include(line);
    }
  });

  it('demands SRTP exactly when our side does, whatever the transport', () => {
    const open = account('Kees', 'tls', 'sip.example:5061');
    expect(open).to.include('>&lt;sip:sip.example:5061;transport=tls&gt;<');
    expect(open).to.include('<entry name="media_encryption" overwrite="true">none</entry>');
    expect(open).to.include('<entry name="media_encryption_mandatory" overwrite="true">0</entry>');
    const xml = account('Kees', 'tls', 'sip.example:5061', true);
    expect(xml).to.include('<entry name="media_encryption" overwrite="true">srtp</entry>');
    expect(xml).to.include('<entry name="media_encryption_mandatory" overwrite="true">1</entry>');
  });

  it('keeps a name with quotes, backslashes or control characters in one quoted line', () => {
    const xml = account('K"ees\\ \n<x>\u0007', 'udp');
    expect(xml).to.include('>&quot;K\\&quot;ees\\\\ &lt;x&gt;&quot; &lt;sip:');
  });

  it('accepts an IPv6 server address', () => {
    const xml = account('Kees', 'udp', '[2001:db8::1]:5060');
    expect(xml).to.include('&lt;sip:desk-201-4f1c9a@[2001:db8::1]&gt;').and.include('>[2001:db8::1]</entry>');
  });
});
