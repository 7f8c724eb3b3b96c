/**
 * Keys of stored rows. They have a file of their own, so that the files of this folder do not import one
 * another in a circle.
 */
export type ActionId = number;
export type CentralistId = number;
export type ParticipantId = number;
