import { expect } from 'chai';
import { truncate, writeFile, appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { metadataBytes, problemOfModel } from '../../../../src/adapters/speech/natural/onnx-file.js';
import { echoModel } from '../../../support/test-voices.js';
import { inTempFolder } from '../sound-helpers.js';

describe('the file of a model', () => {
  const problemOf = (content: Uint8Array | string): Promise<string | undefined> =>
    inTempFolder(async (folder) => {
      const file = join(folder, 'x.onnx');
      await writeFile(file, content);
      return problemOfModel(file);
    });
  const model = echoModel();

  it('is accepted whole, also with properties appended', async () => {
    expect(await problemOf(model)).to.equal(undefined);
    expect(await problemOf(Buffer.concat([model, metadataBytes({ comment: 'x'.repeat(300), n: 1 })]))).to.equal(
      undefined,
    );
  });

  it('is refused when it was cut short anywhere', async () => {
    for (const bytes of [30, 1000, model.length - 1, model.length - 12])
      await inTempFolder(async (folder) => {
        const file = join(folder, 'x.onnx');
        await writeFile(file, model);
        await truncate(file, bytes);
        expect(await problemOfModel(file), `${bytes} bytes`).to.match(/not complete|not an ONNX model/);
      });
  });

  it('is refused when something else was added to it', async () => {
    await inTempFolder(async (folder) => {
      const file = join(folder, 'x.onnx');
      await writeFile(file, model);
      await appendFile(file, '\n<!-- cached -->');
      expect(await problemOfModel(file)).to.be.a('string');
    });
  });

  const others: readonly (readonly [what: string, content: Uint8Array | string, reason: RegExp])[] = [
    ['a web page', '\n<!DOCTYPE html><html><body>Sign in</body></html>', /page of text/],
    ['an error in JSON', '{"error": "not found"}', /page of text/],
    ['a pointer of Git LFS', 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 63531476\n', /ONNX/],
    ['a zip', Buffer.from('504b0304140000000800', 'hex'), /ONNX|complete/],
    ['nothing', '', /ONNX/],
    ['zeros', Buffer.alloc(5000), /ONNX/],
    ['another protobuf', Buffer.from('0a036162631001', 'hex'), /ONNX/],
  ];
  for (const [what, content, reason] of others) {
    it(`is refused when it is ${what}`, async () => {
      expect(await problemOf(content)).to.match(reason);
    });
  }
});
