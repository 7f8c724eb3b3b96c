/** Thrown when a voice cannot be installed or used. The message completes "The voice …:" with the reason. */
export class VoiceRefused extends Error {
  override readonly name = 'VoiceRefused';
}
