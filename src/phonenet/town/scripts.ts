/**
 * One step of a person at a simulated telephone. The phone network's dialplan runs the steps by itself
 * (`asterisk/extensions.conf`, context `step`). This module is pure: behaviour in, text for the dialplan out.
 */
export type Step =
  | { readonly do: 'ring' }
  /** 183, which opens the audio before the answer. */
  | { readonly do: 'progress' }
  /** Ringback in the audio. */
  | { readonly do: 'ringtone' }
  /** A sound before the answer; a path without extension. */
  | { readonly do: 'announce'; readonly sound: string }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'dtmf'; readonly mode: DtmfMode }
  | { readonly do: 'answer' }
  | { readonly do: 'press'; readonly digit: Key; readonly ms: number }
  /** A path without extension: `.alaw` or 8 kHz `.wav` beside it. */
  | { readonly do: 'play'; readonly sound: string }
  /** From here on the call lasts at most this long. After that this side hangs up. */
  | { readonly do: 'limit'; readonly ms: number }
  /**
   * Asks the other side to transfer the call to an extension (SIP REFER, RFC 3515), and waits for the result.
   */
  | { readonly do: 'transfer'; readonly to: string }
  /** Listens until the other side hangs up. */
  | { readonly do: 'listen' }
  | { readonly do: 'hangup' }
  /** Refuses with a final SIP status of 400 to 699. Only before the answer. */
  | { readonly do: 'refuse'; readonly status: number };

/**
 * How a key travels: as RFC 4733 events, as a tone in the audio (telephone-event is not offered), or as SIP
 * INFO.
 */
export const DTMF_MODES = ['rfc4733', 'inband', 'info'] as const;
export type DtmfMode = (typeof DTMF_MODES)[number];

export const KEYS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#'] as const;
export type Key = (typeof KEYS)[number];

/** How long a key is held down, ms; people hold keys for 60 to 400 ms. */
export const KEY_MS = 160;

/**
 * The steps as text for the dialplan. Throws when the path of a sound contains a character that would end a
 * step.
 */
export function scriptOf(steps: readonly Step[]): string {
  const last = steps.at(-1);
  const ended = last?.do === 'listen' || last?.do === 'hangup' || last?.do === 'refuse';
  return [...steps, ...(ended ? [] : [{ do: 'listen' } as const])].map(stepText).join('&');
}

function stepText(step: Step): string {
  switch (step.do) {
    case 'ring':
    case 'progress':
    case 'ringtone':
    case 'answer':
    case 'listen':
    case 'hangup':
      return step.do;
    case 'wait':
    case 'limit':
      return `${step.do}:${step.ms / 1000}`;
    case 'dtmf':
      // Asterisk's own names of the modes. With `inband` or `info` the answer offers no telephone-event.
      return `dtmf:${step.mode}`;
    case 'press':
      return `press:${step.digit}/${step.ms}`;
    case 'play':
    case 'announce':
      return `${step.do}:${harmless(step.sound)}`;
    case 'transfer':
      if (!/^[*#\d]+$/.test(step.to)) throw new Error(`not an extension: ${step.to}`);
      return `transfer:${step.to}`;
    case 'refuse':
      return `refuse:${step.status}`;
  }
}

function harmless(path: string): string {
  if (/[&,;|${}\r\n]/.test(path)) throw new Error(`Asterisk cannot play a sound at this path: ${path}`);
  return path;
}
