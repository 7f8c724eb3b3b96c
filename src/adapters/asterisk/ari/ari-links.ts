import type { Clock } from '../../../ports/clock.js';
import type { Log } from '../../../ports/log.js';
import type { AriAddress } from './address.js';
import { AriLink } from './ari-link.js';
import { ALERT_APP, ALERT_EVENT_TYPES, TIP_APP, TIP_EVENT_TYPES, type AriEvent } from './events.js';

export interface AriLinksOptions {
  readonly address: AriAddress;
  readonly clock: Clock;
  readonly log: Log;
  readonly onEvent: (event: AriEvent, link: AriLink) => void;
  /** Called each time both links have come up, and called again after a second when it rejects. */
  readonly onUp: () => Promise<void>;
  /** Called when a link was lost. */
  readonly onDown: (reason: string) => void;
}

const AGAIN_MS = 1_000;

/** The links of the two applications. Each has its own socket, so that alert calls never delay a tip. */
export class AriLinks {
  readonly alert: AriLink;
  readonly tips: AriLink;
  /** Settles when the `onUp` of the current connection is done. */
  #upHandled: Promise<void> | undefined;
  #closed = false;

  constructor(private readonly options: AriLinksOptions) {
    this.alert = this.#makeLink(ALERT_APP, true);
    this.tips = this.#makeLink(TIP_APP, false);
  }

  /** Whether both links are up. */
  get up(): boolean {
    return this.alert.up && this.tips.up;
  }

  open(): void {
    this.alert.open();
    this.tips.open();
  }

  close(): void {
    this.#closed = true;
    this.alert.close();
    this.tips.close();
  }

  #makeLink(app: string, subscribeAll: boolean): AriLink {
    const { address, clock, log } = this.options;
    const link: AriLink = new AriLink({
      address,
      app,
      subscribeAll,
      clock,
      log,
      onEvent: (event) => {
        this.options.onEvent(event, link);
      },
      onUp: () => {
        void this.#linkUp(app);
      },
      onDown: (reason) => {
        this.#upHandled = undefined;
        this.options.onDown(reason);
      },
    });
    return link;
  }

  async #linkUp(app: string): Promise<void> {
    const link = app === ALERT_APP ? this.alert : this.tips;
    try {
      await this.#filterEvents(link, app);
      if (this.up) await this.#prepare();
    } catch (error) {
      if (this.#closed) return;
      this.options.log.error('asterisk could not be prepared; trying again', { error: String(error) });
      this.options.clock.after(AGAIN_MS, () => {
        // This link needs its filter even while the other link is down.
        if (!this.#closed && link.up) void this.#linkUp(app);
      });
    }
  }

  /** Once for each connection of both links, unless it fails. */
  #prepare(): Promise<void> {
    const preparing = (this.#upHandled ??= this.options.onUp().catch((error: unknown) => {
      if (this.#upHandled === preparing) this.#upHandled = undefined;
      throw error;
    }));
    return preparing;
  }

  /** Asks Asterisk to send only the event types that are read. Asterisk then makes no JSON of the others. */
  async #filterEvents(link: AriLink, app: string): Promise<void> {
    const types = app === ALERT_APP ? ALERT_EVENT_TYPES : TIP_EVENT_TYPES;
    // Answers to requests over the websocket pass the same filter.
    const allowed = [...types, 'RESTResponse'].map((type) => ({ type }));
    await link.request('PUT', `applications/${app}/eventFilter`, {}, { allowed });
  }
}
