import { existsSync } from 'node:fs';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeMuLaw, decodeALaw } from '../../src/adapters/speech/g711.js';
import { shortPrompts, widened } from './story.js';

const HOME = fileURLToPath(new URL('../..', import.meta.url));
/** Files and folders that the built service expects beside `dist/`. */
const BESIDE = ['asterisk-config', 'migrations', 'node_modules', 'scripts', 'package.json'];

/**
 * Copies the built product to a folder of its own: the same program, byte for byte, with short sounds in
 * place of the real ones. The product therefore needs no hook for the benchmark. Returns the path of the
 * program to start.
 */
export async function stageProduct(folder: string): Promise<string> {
  const built = join(HOME, 'dist');
  if (!existsSync(join(built, 'main.js'))) throw new Error("the product is not built: run 'npm run bench -- dialer'");
  await mkdir(folder, { recursive: true });
  await cp(built, join(folder, 'dist'), { recursive: true });
  for (const name of BESIDE) await symlink(join(HOME, name), join(folder, name));
  await cp(join(HOME, 'sounds', 'en'), join(folder, 'sounds', 'en'), { recursive: true });
  const sounds = join(folder, 'sounds', 'nl');
  await mkdir(sounds, { recursive: true });
  await cp(join(HOME, 'sounds', 'nl', 'manifest.json'), join(sounds, 'manifest.json'));
  for (const [name, alaw] of shortPrompts()) {
    await writeFile(join(sounds, `${name}.alaw`), alaw);
    await writeFile(join(sounds, `${name}.ulaw`), encodeMuLaw(decodeALaw(alaw)));
    await writeFile(join(sounds, `${name}.sln16`), widened(alaw));
  }
  return join(folder, 'dist', 'main.js');
}
