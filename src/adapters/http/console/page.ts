import type { Request, Response } from 'express';
import type { ConsoleParts } from './parts.js';
import type { View } from './render.js';

/** What a page shows. */
export interface Shown {
  readonly view: View;
  readonly data: object;
  /** Default 200. */
  readonly status?: number;
}

/** Makes a page for a request. Throws `Problem` when there is none. */
export type Page = (parts: ConsoleParts, request: { readonly req: Request; readonly res: Response }) => Promise<Shown>;
