/** The images of the FROM lines that are no stages of the same file. */
export function baseImagesOf(dockerfile: string): string[];
