/**
 * The codes and numbers that a centralist can dial on a softphone:
 *
 *   *10  on duty        *20  start an action     *30  hear myself
 *   *11  off duty       *21  close an action
 *                       *22  hear the counts     *40  record the prompts
 *   2 to 6 digits       a colleague's extension
 */
const CODES = {
  '*10': 'on_duty',
  '*11': 'off_duty',
  '*20': 'start_action',
  '*21': 'close_action',
  '*22': 'hear_counts',
  '*30': 'hear_myself',
  '*40': 'record_prompts',
} as const;

export type Dialled =
  | { readonly type: (typeof CODES)[keyof typeof CODES] | 'unknown' }
  | { readonly type: 'extension'; readonly extension: string };

/** The meaning of the dialled digits; `unknown` when they have none. */
export function readDialled(dialled: string): Dialled {
  if (isCode(dialled)) return { type: CODES[dialled] };
  return /^\d{2,6}$/.test(dialled) ? { type: 'extension', extension: dialled } : { type: 'unknown' };
}

const isCode = (dialled: string): dialled is keyof typeof CODES => Object.hasOwn(CODES, dialled);
