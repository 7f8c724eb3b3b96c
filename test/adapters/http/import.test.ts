import { request } from 'node:http';
import { expect } from 'chai';
import { startHarness, TOKEN, type Harness } from './harness.js';

interface Report {
  imported: number;
  updated: number;
  rejected: { line: number; reason: string }[];
}

describe('HTTP: import of participants', () => {
  let http: Harness;
  beforeEach(async () => void (http = await startHarness()));
  afterEach(() => http.close());

  const take = async (text: string | Uint8Array, query = ''): Promise<Report> => {
    const { status, body } = await http.csv(text, query);
    expect(status, JSON.stringify(body)).to.equal(200);
    return body as Report;
  };
  const names = (): (string | null)[] => http.services.stored.map(({ name }) => name);
  const phones = (): string[][] => http.services.stored.map((one) => [...one.phones]);

  it('takes a plain file, and updates who is known', async () => {
    const file = 'phone,postcode,name\n0612345678,8251AB,Jan\n0321-123456,8252,Piet\n';
    expect(await take(file)).to.deep.equal({ imported: 2, updated: 0, rejected: [] });
    expect(await take(file)).to.deep.equal({ imported: 0, updated: 2, rejected: [] });
    expect(phones()).to.deep.equal([['+31612345678'], ['+31321123456']]);
    expect(await http.get('/participants/count?area=8252,8253-8255')).to.have.nested.property('body.count', 1);
    expect(await http.get('/participants/count')).to.have.nested.property('body.count', 2);
  });

  it('keeps nothing of a dry run', async () => {
    expect(await take('phone,postcode\n0612345678,8251AB\n1,2\n', '?dryRun=1')).to.deep.include({ imported: 1 });
    expect(http.services.stored).to.have.length(0);
  });

  it('reads what a Dutch spreadsheet writes: BOM, semicolons, CRLF, quotes, any order of columns', async () => {
    const file =
      '\ufeffName;"Phone" ;POSTCODE\r\n"de Vries; ""Kees""";"06 1234 5678";"8251 AB"\r\n\r\n;;\r\nAnna;0687654321;8252';
    expect(await take(file)).to.deep.equal({ imported: 2, updated: 0, rejected: [] });
    expect(names()).to.deep.equal(['de Vries; "Kees"', 'Anna']);
  });

  it('reads UTF-8 and Windows-1252', async () => {
    await take('phone,postcode,name\n0612345678,8251AB,Zoë Çelik\n');
    await take(Buffer.from('phone,postcode,name\n0687654321,8251AB,Zo\xeb \x80\n', 'latin1'));
    expect(names()).to.deep.equal(['Zoë Çelik', 'Zoë €']);
  });

  it('takes several numbers and postcodes in one field, and numbers written with spaces', async () => {
    await take(
      'phone,postcode\n0612345678 0321 123 456 +31 6 87654321,8251AB 8252 8253 CD\n06 1111 2222,8251\n+31 (0)6 22223333,8251\n',
    );
    expect(phones()).to.deep.equal([
      ['+31612345678', '+31321123456', '+31687654321'],
      ['+31611112222'],
      ['+31622223333'],
    ]);
    expect(http.services.stored[0]!.postcodes).to.deep.equal([
      { pc4: 8251, letters: 'AB' },
      { pc4: 8252, letters: null },
      { pc4: 8253, letters: 'CD' },
    ]);
  });

  it('reports each line it cannot take, with its number and the reason', async () => {
    const { imported, rejected } = await take(
      [
        'phone,postcode,name',
        '0612345678,8251AB,Jan',
        '061234567,8251AB,short',
        '0800-1234,8251AB,freephone',
        '',
        '0687654321,0123,bad postcode',
        '0687654321,,none',
        ',8251AB,no phone',
        '+31612345678,8252,Jan',
        '0612345678,8252,Marie',
        '0687654321 abc,8251AB,words',
        '0687654321,"8251AB"x,quote',
        '0687654321,8251AB,"open',
        '0611111111,8251AB,last',
      ].join('\n'),
    );
    expect(imported).to.equal(3);
    expect(names()).to.deep.equal(['Jan', 'Marie', 'last']);
    expect(rejected.map(({ line }) => line)).to.deep.equal([3, 4, 6, 7, 8, 9, 11, 12, 13]);
    const reason = (line: number): string => rejected.find((one) => one.line === line)!.reason;
    expect(reason(3)).to.match(/^phone: is too short/);
    expect(reason(4)).to.match(/^phone: is a freephone/);
    expect(reason(6)).to.match(/^postcode: '0123' is not a postcode/);
    expect(reason(7)).to.match(/^postcode: is empty/);
    expect(reason(8)).to.match(/^phone: is empty/);
    expect(reason(9)).to.match(/^same as line 2/);
    expect(reason(11)).to.match(/^phone: 'abc' may hold only digits/);
    expect(reason(12)).to.match(/quotation mark/);
    expect(reason(13)).to.match(/quotation mark/);
  });

  it('reads a quoted name that runs over two lines, and counts on rightly', async () => {
    const { imported, rejected } = await take('phone,postcode,name\n0612345678,8251AB,"Jan\nJansen"\nx,8251AB,y\n');
    expect(imported).to.equal(1);
    expect(names()).to.deep.equal(['Jan Jansen']);
    expect(rejected[0]!.line).to.equal(4);
  });

  it('names the missing columns, and refuses what is no CSV', async () => {
    const header = await http.csv('telefoon,postcode,name\n0612345678,8251AB,Jan\n');
    expect(header).to.deep.include({ status: 400 });
    expect(header).to.have.nested.property('body.details[0].field', 'line 1');
    expect(header).to.have.nested.property('body.details[0].message').that.includes('no column phone;');
    expect(await http.csv('')).to.have.property('status', 400);
    expect(await http.csv(Buffer.from('\ufeffphone', 'utf16le')))
      .to.have.nested.property('body.message')
      .that.includes('UTF-16');
    expect(await http.csv('x'.repeat(300_000))).to.have.property('status', 400);
    const json = await http.post('/participants/import', {});
    expect(json).to.deep.include({ status: 415 });
    expect(await http.csv('phone,postcode\n', '?dryRun=maybe')).to.have.nested.property(
      'body.details[0].field',
      'dryRun',
    );
  });

  it('takes a file in pieces that end anywhere', async () => {
    const file = Buffer.from('\ufeffphone;postcode;name\r\n0612345678;8251AB;Zoë\r\n0687654321;8252;Bo');
    const body = await new Promise<Report>((resolve, reject) => {
      const outgoing = request(
        `${http.url}/api/v1/participants/import`,
        { method: 'POST', headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'text/csv' } },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => resolve(JSON.parse(text) as Report));
        },
      );
      outgoing.on('error', reject);
      const send = (at: number): void => {
        if (at === file.length) outgoing.end();
        else outgoing.write(file.subarray(at, at + 1), () => send(at + 1));
      };
      send(0);
    });
    expect(body).to.deep.equal({ imported: 2, updated: 0, rejected: [] });
    expect(names()).to.deep.equal(['Zoë', 'Bo']);
  });

  it('refuses a file that says it is larger than 200 MB before reading it', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'text/csv', 'content-length': 200_000_001 };
      const outgoing = request(`${http.url}/api/v1/participants/import`, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode);
        response.resume();
        outgoing.destroy();
      });
      outgoing.on('error', reject);
      outgoing.flushHeaders();
    });
    expect(status).to.equal(413);
  });
});
