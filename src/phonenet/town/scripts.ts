/**
 * What a person at a simulated telephone does, as steps that the phone network's dialplan runs by itself
 * (`asterisk/extensions.conf`, context `step`). Pure: behaviour in, text for the dialplan out.
 */
export type Step =
  | { readonly do: 'ring' }
  /** 183 with a voice path before the answer. */
  | { readonly do: 'progress' }
  /** A ringing tone in the voice path. */
  | { readonly do: 'ringtone' }
  /** A sound before the answer; a path without extension. */
  | { readonly do: 'announce'; readonly sound: string }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'dtmf'; readonly mode: DtmfMode }
  | { readonly do: 'answer' }
  | { readonly do: 'press'; readonly digit: Key; readonly ms: number }
  /** A path without extension: `.alaw` or 8 kHz `.wav` beside it. */
  | { readonly do: 'play'; readonly sound: string }
  /** From here on the call lasts no longer than this; then this side hangs up. */
  | { readonly do: 'limit'; readonly ms: number }
  /** Asks the other side to pass the call on to an extension (SIP REFER, RFC 3515), and waits for how that went. */
  | { readonly do: 'transfer'; readonly to: string }
  /** Until the other side hangs up. */
  | { readonly do: 'listen' }
  | { readonly do: 'hangup' }
  /** A final SIP status of 400 to 699; only before the answer. */
  | { readonly do: 'refuse'; readonly status: number };

/** How a key travels: as RFC 4733 events, as a tone in the voice (no telephone-event is offered), or as SIP INFO. */
export const DTMF_MODES = ['rfc4733', 'inband', 'info'] as const;
export type DtmfMode = (typeof DTMF_MODES)[number];

export const KEYS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#'] as const;
export type Key = (typeof KEYS)[number];

/** How long a key is held down, ms; what people do lies between 60 and 400. */
export const KEY_MS = 160;

/** The steps as the dialplan reads them. Throws when a sound's path holds a character that would end a step. */
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
      // In Asterisk's words: with `inband` or `info` the answer offers no telephone-event.
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
  if (/[&,;|${}\r\n]/.test(path))
    throw new Error(`a sound of the phone network lies at a path that Asterisk cannot play: ${path}`);
  return path;
}
