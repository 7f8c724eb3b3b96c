/** Something that is held until it is given back. */
export interface Held {
  /** Safe to repeat. */
  release(): void;
}

/** Gives back once, however often it is released. */
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
