/**
 * Counts the threads that a program starts and ends: the sanitizers of tests do not see them.
 *
 * @module
 */

/** Counts from its making on. Disposing of it ends that, and no thread. */
export class CountedThreads implements Disposable {
  readonly #original = Worker;
  started = 0;
  ended = 0;

  constructor() {
    const onStart = () => this.started++;
    const onEnd = () => this.ended++;
    globalThis.Worker = class extends this.#original {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        onStart();
      }

      override terminate(): void {
        onEnd();
        super.terminate();
      }
    };
  }

  [Symbol.dispose](): void {
    globalThis.Worker = this.#original;
  }
}
