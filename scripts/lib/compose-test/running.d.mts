/** Whether the greater part of it was as it must be. */
export function isForgiven(line: string): boolean;
