/**
 * Names of the two Stasis applications, one event socket each. The calls that a flow plays are in the
 * application `burgernet-tips`. The application `burgernet-alert` contains no calls, because the dialplan
 * plays the alert calls (asterisk-config/alert.conf). It subscribes to the events of every call instead.
 */
export const ALERT_APP = 'burgernet-alert';
export const TIP_APP = 'burgernet-tips';

/**
 * The event types that this adapter reads (Asterisk documentation, ARI events data model). Asterisk sends
 * only these, because one call makes about twenty events.
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

/** The events of alert calls, which the dialplan plays. */
export const ALERT_EVENT_TYPES = [
  'Dial',
  'ChannelUserevent',
  'ChannelDestroyed',
  // About softphones: the application that subscribes to everything receives these too.
  'PeerStatusChange',
  'ContactStatusChange',
] as const;
/** The events of calls that a flow plays. */
export const TIP_EVENT_TYPES = EVENT_TYPES.filter(
  (type) => !['ChannelUserevent', 'PeerStatusChange', 'ContactStatusChange'].includes(type),
);

export interface ChannelSnapshot {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly caller: { readonly number: string; readonly name: string };
  readonly channelvars?: Readonly<Record<string, string>>;
  /** The dialplan application that runs the call, and its arguments. */
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
  /** Sent by the dialplan when a digit was pressed in an alert or closing call. */
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
  /** A softphone requested a transfer, which the controller carries out (`PJSIP_TRANSFER_HANDLING`). */
  | {
      readonly type: 'ChannelTransfer';
      /** Present when the event only repeats progress that the controller reported; absent in a request. */
      readonly state?: string;
      /** ISO 8601, to the millisecond. */
      readonly timestamp: string;
      readonly refer_to: {
        readonly requested_destination: { readonly destination?: string };
        /** The second call of the softphone, in an attended transfer. */
        readonly destination_channel?: ChannelSnapshot;
      };
      readonly referred_by: { readonly source_channel: ChannelSnapshot };
    }
  | { readonly type: 'PeerStatusChange'; readonly endpoint: { readonly resource: string } }
  | {
      readonly type: 'ContactStatusChange';
      readonly endpoint: { readonly resource: string };
      /** `Reachable` or `Unreachable` when Asterisk sends OPTIONS; otherwise `NonQualified` or `Removed`. */
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
/** Every event has one of these fields. */
const SUBJECTS = ['channel', 'peer', 'playback', 'recording', 'referred_by', 'endpoint'];

/** Reads one message of the event socket; undefined when it is not an event of {@link EVENT_TYPES}. */
export function readEvent(message: unknown): AriEvent | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  if (typeof message.type !== 'string' || !KNOWN.has(message.type)) return undefined;
  const subject = SUBJECTS.some((key) => key in message);
  return subject ? (message as AriEvent) : undefined;
}

/** Id of the call that an event is about; undefined when it is about an endpoint. */
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
