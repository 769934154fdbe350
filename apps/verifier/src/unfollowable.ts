/** Why a command could not be followed, in a sentence for its caller: nothing was verified and nothing refused. */
export class Unfollowable extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'Unfollowable';
  }
}
