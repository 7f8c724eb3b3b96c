/**
 * The fields of a /proc/PID/stat that follow the command's name, the state first: field N of proc(5) is at N - 3. The name
 * stands in brackets and may hold any character, brackets too.
 */
export const fieldsAfterName = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ');
