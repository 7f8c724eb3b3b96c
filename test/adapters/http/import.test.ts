import { request } from 'node:http';
import { expect } from 'chai';
import { startHarness, TOKEN, type Harness } from './harness.js';

interface Report {
  imported: number;
  updated: number;
  rejected: { line: number; reason: string }[];
  rejectedCount: number;
  blank: number;
  lines: number;
  ignoredColumns: string[];
}

describe('HTTP: import of participants', () => {
  let http: Harness;
  beforeEach(async () => void (http = await startHarness()));
  afterEach(() => http.close());

  const take = async (text: string | Uint8Array, query = ''): Promise<Report> => {
    const { status, body } = await http.csv(text, query);
    expect(status, JSON.stringify(body)).to.equal(200);
    const report = body as Report;
    const { imported, updated, rejectedCount, blank } = report;
    expect(imported + updated + rejectedCount + blank, 'every line is accounted for').to.equal(report.lines);
    return report;
  };
  const names = (): (string | null)[] => http.services.stored.map(({ name }) => name);
  const phones = (): string[][] => http.services.stored.map((one) => [...one.phones]);

  it('imports a plain file, and updates known participants', async () => {
    const file = 'phone,postcode,name\n0612345678,8251AB,Jan\n0321-123456,8252,Piet\n';
    expect(await take(file)).to.deep.include({ imported: 2, updated: 0, rejected: [] });
    expect(await take(file)).to.deep.include({ imported: 0, updated: 2, rejected: [] });
    expect(phones()).to.deep.equal([['+31612345678'], ['+31321123456']]);
    expect(await http.get('/participants/count?area=8252,8253-8255')).to.have.nested.property('body.count', 1);
    expect(await http.get('/participants/count')).to.have.nested.property('body.count', 2);
  });

  it('stores nothing in a dry run', async () => {
    expect(await take('phone,postcode\n0612345678,8251AB\n1,2\n', '?dryRun=1')).to.deep.include({ imported: 1 });
    expect(http.services.stored).to.have.length(0);
  });

  it('reads the file of a Dutch spreadsheet: BOM, semicolons, CRLF, quotes, any order of columns', async () => {
    const file =
      '\ufeffName;"Phone" ;POSTCODE\r\n"de Vries; ""Kees""";"06 1234 5678";"8251 AB"\r\n\r\n;;\r\nAnna;0687654321;8252';
    expect(await take(file)).to.deep.include({ imported: 2, updated: 0, rejected: [] });
    expect(names()).to.deep.equal(['de Vries; "Kees"', 'Anna']);
  });

  it('reads UTF-8 and Windows-1252', async () => {
    await take('phone,postcode,name\n0612345678,8251AB,Zoë Çelik\n');
    await take(Buffer.from('phone,postcode,name\n0687654321,8251AB,Zo\xeb \x80\n', 'latin1'));
    expect(names()).to.deep.equal(['Zoë Çelik', 'Zoë €']);
  });

  it('accepts several numbers and postcodes in one field, and numbers with spaces', async () => {
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

  it('reports each rejected line with its number and the reason', async () => {
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

  it('reads a quoted name over two lines, and numbers the next lines correctly', async () => {
    const { imported, rejected } = await take('phone,postcode,name\n0612345678,8251AB,"Jan\nJansen"\nx,8251AB,y\n');
    expect(imported).to.equal(1);
    expect(names()).to.deep.equal(['Jan Jansen']);
    expect(rejected[0]!.line).to.equal(4);
  });

  it('names the missing columns, and refuses a body that is not CSV', async () => {
    const header = await http.csv('leeftijd,postcode,name\n0612345678,8251AB,Jan\n');
    expect(header).to.deep.include({ status: 400 });
    expect(header).to.have.nested.property('body.details[0].field', 'line 1');
    expect(header).to.have.nested.property('body.details[0].message').that.includes('no column phone;');
    expect(await http.csv('')).to.have.property('status', 400);
    expect(await http.csv('x'.repeat(300_000))).to.have.property('status', 400);
    const json = await http.post('/participants/import', {});
    expect(json).to.deep.include({ status: 415 });
    expect(await http.csv('phone,postcode\n', '?dryRun=maybe')).to.have.nested.property(
      'body.details[0].field',
      'dryRun',
    );
  });

  it('reads every delimiter, line end and encoding that spreadsheets write, and sep=', async () => {
    const plain = 'phone,postcode,name\n0612345678,8251AB,Zoë\n0687654321,8252,Bo\n';
    const files: Record<string, string | Buffer> = {
      semicolons: plain.replaceAll(',', ';'),
      tabs: plain.replaceAll(',', '\t'),
      bars: plain.replaceAll(',', '|'),
      'sep=': `sep=;\r\n${plain.replaceAll(',', ';')}`,
      'sep= after a BOM': `\ufeffsep=,\n${plain}`,
      'sep= of tabs': `"sep=\t"\r\n${plain.replaceAll(',', '\t')}`,
      'CR alone': plain.replaceAll('\n', '\r'),
      CRLF: plain.replaceAll('\n', '\r\n'),
      'no last line end': plain.trimEnd(),
      'UTF-16LE of Excel': Buffer.from(`\ufeff${plain.replaceAll(',', '\t').replaceAll('\n', '\r\n')}`, 'utf16le'),
      'UTF-16LE without BOM': Buffer.from(plain, 'utf16le'),
      'UTF-16BE': Buffer.from(`\ufeff${plain}`, 'utf16le').swap16(),
      'Windows-1252': Buffer.from(plain, 'latin1'),
      'Dutch names': plain.replace('phone,postcode,name', 'Telefoonnummer,Postcode,Naam'),
      quoted: plain.replaceAll(/[^,\n]+/g, '"$&"'),
      'blank lines before': `\n\n${plain}`,
    };
    for (const [kind, file] of Object.entries(files)) {
      http.services.stored.length = 0;
      const report = await take(file);
      expect(report.rejected, kind).to.deep.equal([]);
      expect(phones(), kind).to.deep.equal([['+31612345678'], ['+31687654321']]);
      expect(names(), kind).to.deep.equal(['Zoë', 'Bo']);
    }
  });

  it('reads several columns of numbers, and names the column of a wrong number', async () => {
    const report = await take(
      [
        'phone,phone,postcode,name,Telefoon 2,mobiel',
        '0612345678,0321123456,8251AB,A,,',
        ',0687654321,8251AB,B,,0611112222',
        '0622223333,,8251AB,C,0321 12,',
        ',,8251AB,D,,',
        '0622224444,0622224444,8251AB,E,0622224444,',
      ].join('\n'),
    );
    expect(phones()).to.deep.equal([
      ['+31612345678', '+31321123456'],
      ['+31687654321', '+31611112222'],
      ['+31622224444'],
    ]);
    expect(report.rejected.map(({ line }) => line)).to.deep.equal([4, 5]);
    expect(report.rejected[0]!.reason).to.match(/^column 5 \(Telefoon 2\): is too short/);
    expect(report.rejected[1]!.reason).to.match(/^column 1 \(phone\): is empty/);
  });

  it('reads several columns of postcodes and names', async () => {
    await take('phone;postcode;postcode;naam;name\n0612345678;8251AB;8252;Jan;Jansen\n');
    expect(http.services.stored[0]!.postcodes).to.have.length(2);
    expect(names()).to.deep.equal(['Jan Jansen']);
  });

  it('rejects a line with a field in no named column, accepts a short line, and names the ignored columns', async () => {
    const report = await take(
      [
        'phone,postcode,name,,straat,E-mail',
        '0612345678,8251AB',
        '0612345679,8251AB,Jansen, P,x,y',
        '0612345670,8251AB,Jansen,,x,y,z',
        '0612345671,8251AB,Jansen,,x,y,,,',
      ].join('\n'),
    );
    expect(report).to.deep.include({ imported: 2, rejectedCount: 2, ignoredColumns: ['straat', 'E-mail'] });
    expect(report.rejected).to.deep.equal([
      { line: 3, reason: "column 4: 'P' stands in a column without a name" },
      { line: 4, reason: "column 7: 'z' stands beyond the 6 columns of the header" },
    ]);
  });

  it('removes the traces of spreadsheets and copying from fields, and rejects numbers that lost digits', async () => {
    const report = await take(
      [
        'phone;postcode;name',
        '612345678;8251AB;a',
        '612345679.0;8251.0;b',
        "'0612345670;'8251AB;c",
        '="0612345671";="8251AB";d',
        '\u202d0612345672\u202c;82\u200b51\u00a0AB;e',
        '０６１２３４５６７３;８２５１ＡＢ;f',
        '"06-12345674\n0321-123456";8251AB;g',
        '6,12E+08;8251AB;h',
        '\u00a0;\u200b; ',
        '06\u041e2345678;8251AB;i',
      ].join('\n'),
    );
    expect(names()).to.deep.equal(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect(phones().at(-1)).to.deep.equal(['+31612345674', '+31321123456']);
    expect(http.services.stored.map(({ postcodes }) => postcodes[0]!.pc4)).to.deep.equal(Array(7).fill(8251));
    expect(report.blank).to.equal(1);
    expect(report.rejected.map(({ line }) => line)).to.deep.equal([10, 12]);
    expect(report.rejected[0]!.reason).to.match(/^phone: was made a calculated number/);
    expect(report.rejected[1]!.reason).to.match(/U\+041E CYRILLIC CAPITAL LETTER O/);
  });

  it('refuses a file that is not a list of participants early, and says what it is', async () => {
    const refusal = async (file: string | Buffer): Promise<string> => {
      const { status, body } = await http.csv(file);
      expect(status).to.equal(400);
      return (body as { message: string }).message;
    };
    expect(await refusal(Buffer.from('PK\x03\x04\x14\x00 and so on', 'latin1'))).to.include('workbook');
    expect(await refusal(Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1', 'latin1'))).to.include('Excel');
    expect(await refusal('phone,postcode\n06\u000012345678,8251AB\n')).to.include('NUL');
    expect(await refusal(`phone,postcode\n${'x\n'.repeat(100_000)}`)).to.include('none of its first 5000 lines');
    expect(await refusal(`phone,postcode,name\n${'"x,y\n'.repeat(100_000)}`)).to.include('quotation mark');
    expect(await refusal(`phone,postcode\n${'\n'.repeat(9)}${'x\n'.repeat(100_000)}`)).to.include('none of its first');
    expect(await refusal('x\n'.repeat(100_000))).to.include('no column phone');
    expect(http.services.stored).to.have.length(0);
  });

  it('returns the first thousand reasons, and counts the rest', async () => {
    const report = await take(`phone,postcode\n0612345678,8251AB\n${'x\n'.repeat(20_000)}`);
    expect(report.rejected).to.have.length(1_000);
    expect(report).to.include({ imported: 1, rejectedCount: 20_000, lines: 20_001 });
  });

  it('reads an upload that arrives byte by byte', async () => {
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
    expect(body).to.deep.include({ imported: 2, updated: 0, rejected: [] });
    expect(names()).to.deep.equal(['Zoë', 'Bo']);
  });

  it('refuses an upload with a Content-Length over 200 MB before reading it', async () => {
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
