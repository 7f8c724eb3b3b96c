/**
 * The events of Asterisk that we listen to, as far as we read them (Asterisk documentation, ARI events data model).
 * Asterisk is told to send only these types: a call makes some twenty events.
 */
export const EVENT_TYPES = [
  'StasisStart',
  'StasisEnd',
  'ChannelDestroyed',
  'ChannelDtmfReceived',
  'ChannelUserevent',
  'Dial',
  'PlaybackFinished',
  'RecordingFinished',
  'RecordingFailed',
  'ChannelTransfer',
  'PeerStatusChange',
  'ContactStatusChange',
] as const;

/** Of these, what announcements need: they talk by themselves. */
export const ALERT_EVENT_TYPES = [
  'Dial',
  'ChannelUserevent',
  'ChannelDestroyed',
  // Of softphones: the application that hears all is told of them too.
  'PeerStatusChange',
  'ContactStatusChange',
] as const;
/** What calls in which a flow talks need. */
export const TIP_EVENT_TYPES = EVENT_TYPES.filter(
  (type) => !['ChannelUserevent', 'PeerStatusChange', 'ContactStatusChange'].includes(type),
);

export interface ChannelSnapshot {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly caller: { readonly number: string; readonly name: string };
  readonly channelvars?: Readonly<Record<string, string>>;
  /** Which application the call is in, and what it was told. */
  readonly dialplan?: { readonly app_name: string; readonly app_data: string };
}

export type AriEvent =
  | { readonly type: 'StasisStart'; readonly channel: ChannelSnapshot; readonly args: readonly string[] }
  | { readonly type: 'StasisEnd'; readonly channel: ChannelSnapshot }
  | {
      readonly type: 'ChannelDestroyed';
      readonly channel: ChannelSnapshot;
      /** Q.850; 0 when unknown. */
      readonly cause: number;
      /** SIP status, when the technology gave one. */
      readonly tech_cause?: number;
      /** ISO 8601, to the millisecond. */
      readonly timestamp: string;
    }
  /** The dialplan says something of a call: a digit was pressed. */
  | { readonly type: 'ChannelUserevent'; readonly channel: ChannelSnapshot; readonly eventname: string }
  | {
      readonly type: 'ChannelDtmfReceived';
      readonly channel: ChannelSnapshot;
      readonly digit: string;
      readonly duration_ms: number;
      /** ISO 8601, to the millisecond. */
      readonly timestamp: string;
    }
  | { readonly type: 'Dial'; readonly peer: ChannelSnapshot; readonly dialstatus: string }
  | { readonly type: 'PlaybackFinished'; readonly playback: PlaybackSnapshot }
  | { readonly type: 'RecordingFinished' | 'RecordingFailed'; readonly recording: RecordingSnapshot }
  /** A softphone asks for a transfer, which is ours to carry out (`PJSIP_TRANSFER_HANDLING`). */
  | {
      readonly type: 'ChannelTransfer';
      /** How it goes, when this only repeats what we have told of it ourselves; absent when it is asked for. */
      readonly state?: string;
      /** ISO 8601, to the millisecond. */
      readonly timestamp: string;
      readonly refer_to: {
        readonly requested_destination: { readonly destination?: string };
        /** The softphone's own second call, in a transfer with consultation. */
        readonly destination_channel?: ChannelSnapshot;
      };
      readonly referred_by: { readonly source_channel: ChannelSnapshot };
    }
  | { readonly type: 'PeerStatusChange'; readonly endpoint: { readonly resource: string } }
  | {
      readonly type: 'ContactStatusChange';
      readonly endpoint: { readonly resource: string };
      /** How it answers OPTIONS: `Reachable`, `Unreachable`; or `NonQualified`, `Removed`. */
      readonly contact_info?: { readonly contact_status: string };
    };

export interface PlaybackSnapshot {
  readonly id: string;
  readonly state: string;
  readonly target_uri: string;
}

export interface RecordingSnapshot {
  readonly name: string;
  readonly state: string;
  readonly target_uri: string;
  /** Seconds. */
  readonly duration?: number;
  readonly cause?: string;
}

const KNOWN = new Set<string>(EVENT_TYPES);
/** What an event is about; one of them is in each. */
const SUBJECTS = ['channel', 'peer', 'playback', 'recording', 'referred_by', 'endpoint'];

/** Reads one message of the event socket; undefined for what is no event that we listen to. */
export function readEvent(message: unknown): AriEvent | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  if (typeof message.type !== 'string' || !KNOWN.has(message.type)) return undefined;
  const subject = SUBJECTS.some((key) => key in message);
  return subject ? (message as AriEvent) : undefined;
}

/** Id of the call that an event is about. */
export function channelOf(event: AriEvent): string | undefined {
  switch (event.type) {
    case 'StasisStart':
    case 'StasisEnd':
    case 'ChannelDestroyed':
    case 'ChannelDtmfReceived':
    case 'ChannelUserevent':
      return event.channel.id;
    case 'Dial':
      return event.peer.id;
    case 'PlaybackFinished':
      return event.playback.target_uri.replace(/^channel:/, '');
    case 'RecordingFinished':
    case 'RecordingFailed':
      return event.recording.target_uri.replace(/^channel:/, '');
    case 'ChannelTransfer':
      return event.referred_by.source_channel.id;
    case 'PeerStatusChange':
    case 'ContactStatusChange':
      return undefined;
  }
}
