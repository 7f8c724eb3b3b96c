/** Whether a missed check was missed by so little that a busy machine explains it. */
export function isForgiven(line: string): boolean;
