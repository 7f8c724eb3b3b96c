import { RESULTS } from '../../../../domain/kinds.js';
import { RESULT_WORDS } from '../words.js';

export const RESULT_CHOICES = RESULTS.map((value) => ({ value, text: RESULT_WORDS[value] }));
