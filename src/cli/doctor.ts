import { ConfigError, describeSettings, type Config } from '../config.js';
import type { CliContext } from './context.js';
import {
  checkAsterisk,
  checkCertificate,
  checkData,
  checkLexicon,
  checkNode,
  checkPorts,
  checkService,
  checkSpeech,
  type Finding,
} from './doctor-checks.js';

/**
 * Prints the settings and the results of the checks, with advice on each fault. Resolves with the number of
 * faults.
 */
export async function runDoctor(context: CliContext): Promise<number> {
  const config = settings(context);
  if (typeof config === 'number') return config;
  context.print('');
  let wrong = 0;
  const show = ({ ok, what, advice }: Finding): void => {
    context.print(`${ok ? 'ok   ' : 'WRONG'}  ${what}`);
    if (ok) return;
    wrong++;
    if (advice !== undefined) context.print(`       → ${advice}`);
  };
  show(checkNode(process.versions.node));
  show(checkData(config));
  checkCertificate(config, Date.now()).forEach(show);
  const service = await checkService(context, config);
  service.findings.forEach(show);
  (await checkLexicon(config)).forEach(show);
  // The running service does not report this itself.
  show(await checkAsterisk(config));
  if (!service.running) {
    (await checkPorts(config)).forEach(show);
    show(await checkSpeech(config));
  }
  return wrong;
}

/** Prints the settings. Returns the number of wrong settings when they cannot be used. */
function settings(context: CliContext): Config | number {
  try {
    const config = context.config();
    const rows = describeSettings(config);
    const [names, values] = [rows.map(({ variable }) => variable), rows.map(({ value }) => value || '–')].map(
      (column) => Math.max(...column.map((text) => text.length)),
    );
    for (const { variable, value, source } of rows) {
      context.print(`${variable.padEnd(names ?? 0)}  ${(value || '–').padEnd(values ?? 0)}  ${source}`);
    }
    for (const warning of config.warnings) context.print(`note   ${warning}`);
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { variable, message } of error.problems) context.print(`WRONG  ${variable} ${message}`);
    return error.problems.length;
  }
}
