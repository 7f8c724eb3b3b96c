/** Thrown when a voice cannot be installed or used. The message is the reason, in lower case. */
export class VoiceRefused extends Error {
  override readonly name = 'VoiceRefused';
}
