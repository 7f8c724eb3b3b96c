/** A resource that is held until its release. */
export interface Held {
  /** Releases the resource. A second call does nothing. */
  release(): void;
}

/** A hold that calls `giveBack` at the first release only. */
export function heldUntil(giveBack: () => void): Held {
  let held = true;
  return {
    release: () => {
      if (!held) return;
      held = false;
      giveBack();
    },
  };
}
