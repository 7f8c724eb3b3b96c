import { expect } from 'chai';
import { startHarness, type Harness } from './harness.js';

describe('HTTP: import of the coordinates of postcodes', () => {
  let http: Harness;
  beforeEach(async () => void (http = await startHarness()));
  afterEach(() => http.close());

  const take = async (text: string, query = ''): Promise<{ status: number; body: unknown }> => {
    const response = await http.ask(`/postcodes/import${query}`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: text,
    });
    return { status: response.status, body: await response.json() };
  };

  it('imports the good lines in any notation, and reports the others', async () => {
    const file =
      'lon;postcode;lat;city\r\n5,7184;8251 ab;52,5253;Dronten\r\n5.7;8252;52.5;\r\n52.5;8253;5.7;\r\n;;x;\r\n';
    const { status, body } = await take(file);
    expect(status).to.equal(200);
    expect(body).to.deep.include({ imported: 2, updated: 0 });
    const { rejected } = body as { rejected: { line: number; reason: string }[] };
    expect(rejected.map(({ line }) => line)).to.deep.equal([4, 5]);
    expect(rejected[0]!.reason).to.include('lat: 5.7 does not lie in the Netherlands');
    expect(http.services.places).to.deep.equal([
      { postcode: { pc4: 8251, letters: 'AB' }, lat: 52.5253, lon: 5.7184 },
      { postcode: { pc4: 8252, letters: null }, lat: 52.5, lon: 5.7 },
    ]);
  });

  it('stores nothing in a dry run', async () => {
    expect(await take('postcode,lat,lon\n8251,52.5,5.7\n', '?dryRun=1')).to.deep.include({ status: 200 });
    expect(http.services.places).to.deep.equal([]);
  });

  it('names the missing column', async () => {
    const { status, body } = await take('postcode,latitude,lon\n8251,52.5,5.7\n');
    expect(status).to.equal(400);
    expect(body).to.have.nested.property(
      'details[0].message',
      'has no column lat; the first line must be postcode,lat,lon',
    );
  });
});
