import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Values of the `{{names}}` in the templates. */
export type TemplateValues = Readonly<Record<string, string>>;

/**
 * Renders every template of `asterisk-config/` into a folder that only this user can read, because the files
 * contain secrets. Returns a hash of the rendered files. Throws when a template names a value that is
 * missing. Nothing is written in that case.
 */
export async function renderConfig(templates: string, target: string, values: TemplateValues): Promise<string> {
  const names = (await readdir(templates)).filter((name) => name.endsWith('.conf')).toSorted();
  const hash = createHash('sha256');
  const files: { name: string; text: string }[] = [];
  for (const name of names) {
    const text = fill(await readFile(join(templates, name), 'utf8'), values, name);
    hash.update(name).update(text);
    files.push({ name, text });
  }
  await mkdir(target, { recursive: true, mode: 0o700 });
  await chmod(target, 0o700);
  for (const { name, text } of files) await writeFile(join(target, name), text, { mode: 0o600 });
  return hash.digest('hex');
}

function fill(template: string, values: TemplateValues, file: string): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`asterisk-config/${file} names {{${key}}}, which has no value`);
    return value;
  });
}
