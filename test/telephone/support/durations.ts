import { setTimeout as pause } from 'node:timers/promises';

/*
 * Time that passes because it is part of the behaviour under test, in milliseconds. A test that waits for
 * something to happen awaits an event, or polls with `eventually`.
 */
const elapse = (ms: number): Promise<void> => pause(Math.max(0, ms));

/** People speak, in a call that is set up. */
export const speaksFor = elapse;
/** A person says nothing. */
export const silentFor = elapse;
/** A caller stays on the line: in the queue, or under a prompt. */
export const waitsFor = elapse;
/** A caller is on hold. */
export const onHoldFor = elapse;
/** The controller stays down. */
export const downFor = elapse;
/** A process is stopped by SIGSTOP. */
export const stoppedFor = elapse;
/** The system runs on, under conditions that must change nothing. */
export const runsFor = elapse;
/** The next key is pressed, or sent by a gateway, this much later. */
export const pressesAfter = elapse;
/** The next caller rings this much later. */
export const ringsLaterBy = elapse;
