import { waitFor } from '@personr/testkit';
import { Heartbeat } from './heartbeat.js';

describe('a heartbeat', () => {
  it('goes on while something is waited for, and ends when it is stopped', async () => {
    let beats = 0;
    const heart = new Heartbeat(() => {
      beats += 1;
      return Promise.resolve();
    }, 1);
    await waitFor(() => beats > 3, { what: 'some beats' });
    await heart.stop();
    const before = beats;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(beats).toBe(before);
    heart.assertBeating();
  });

  it('says what a beat threw, and beats no more', async () => {
    let beats = 0;
    const heart = new Heartbeat(() => {
      beats += 1;
      return Promise.reject(new Error('the lease is lost'));
    }, 1);
    await waitFor(() => beats > 0, { what: 'a beat' });
    await heart.stop();
    expect(() => {
      heart.assertBeating();
    }).toThrow('the lease is lost');
    expect(beats).toBe(1);
  });
});
