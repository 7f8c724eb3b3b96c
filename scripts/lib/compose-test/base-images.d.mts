/** The images in the FROM lines, without the stages of the same file. */
export function baseImagesOf(dockerfile: string): string[];
