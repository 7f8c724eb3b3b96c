import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';

/** Pages from the templates in `views/`: everything put into them is escaped, unless a template says that it is HTML. */
const eta = new Eta({
  views: fileURLToPath(new URL('./views', import.meta.url)),
  cache: true,
  autoEscape: true,
  autoTrim: ['nl', false],
});

/** The names of the templates. */
export type View =
  | 'account'
  | 'action'
  | 'centralist'
  | 'centralists'
  | 'login'
  | 'look-alike'
  | 'new-centralist'
  | 'overview'
  | 'problem'
  | 'who';

export function render(view: View, data: object): string {
  return eta.render(`./${view}`, data);
}
