/**
 * Keys of stored rows. They stand apart from what they name, so that the files of this folder need no circle
 * of imports.
 */
export type ActionId = number;
export type CentralistId = number;
export type ParticipantId = number;
