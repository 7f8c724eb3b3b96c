/** A resource that is held until its release. */
export interface Hold {
  /** Releases the resource. A second call does nothing. */
  release(): void;
}

/** A hold that calls `giveBack` at the first release only. */
export function createHold(giveBack: () => void): Hold {
  let held = true;
  return {
    release: () => {
      if (!held) return;
      held = false;
      giveBack();
    },
  };
}
