import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeReview, describeStatus } from '../src/answers';

describe('describeReview', () => {
  it('counts findings and units', () => {
    assert.equal(
      describeReview({ findings: 2, units: 1, calls: 1, cached: 0 }),
      'AI Review: 2 findings in 1 unit',
    );
  });

  it('says so when nothing was found, when answers were known, when something is missing', () => {
    assert.equal(
      describeReview({ findings: 0, units: 3, calls: 0, cached: 3, partial: true }),
      'AI Review: nothing found in 3 units, 3 from cache; not everything was reviewed',
    );
  });
});

describe('describeStatus', () => {
  it('strings together what there is', () => {
    assert.equal(
      describeStatus({
        state: 'ready',
        detail: 'All is well.',
        model: 'm',
        tokensToday: 1200,
        costToday: 0.5,
      }),
      'AI Review is ready. All is well. Model m. Today 1,200 tokens, $0.50.',
    );
  });

  it('leaves out what there is not', () => {
    assert.equal(
      describeStatus({ state: 'unconfigured', detail: '' }),
      'AI Review is unconfigured.',
    );
  });

  it('tells when the next try is', () => {
    assert.match(
      describeStatus({ state: 'offline', retryAt: '2026-01-02T03:04:05Z' }),
      /offline\. Next try at .+\.$/,
    );
  });
});
