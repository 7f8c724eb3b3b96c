// Prints Mocha's own report, and then a last line `N passed, N failed`, which other programs read.

const { reporters, Runner } = require('mocha');

module.exports = class LastLine extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    // Spec prints its epilogue on the same event and was registered first.
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const skipped = pending > 0 ? `, ${pending} skipped` : '';
      console.log(`${passes} passed, ${failures} failed${skipped}`);
    });
  }
};
