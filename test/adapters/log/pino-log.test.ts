import { expect } from 'chai';
import { createPinoLog } from '../../../src/adapters/log/pino-log.js';

describe('Log: pino', () => {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  beforeEach(() => void lines.splice(0));

  it('writes JSON lines with the fields of the parent logs', () => {
    createPinoLog({ level: 'info', destination }).child({ callId: 'c1' }).warn('call failed', { sipStatus: 486 });
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({ level: 'warn', msg: 'call failed', callId: 'c1', sipStatus: 486 });
    expect(lines[0]!['time']).to.match(/^\d{4}-\d\d-\d\dT/);
  });

  it('masks personal data and secrets, also in child logs and one level down', () => {
    const log = createPinoLog({ level: 'debug', destination });
    const secret = { phone: '+31612345678', from: '+31612345678', to: '+31612345678', digit: '7', password: 'hush' };
    log.info('top', { ...secret, token: 'hush', authorization: 'Bearer hush', phones: ['+31612345678'] });
    log.debug('nested', { call: secret, headers: { authorization: 'Bearer hush' } });
    log.child(secret).info('child');
    log.error('failed', { error: Object.assign(new Error('no'), secret) });
    expect(lines).to.have.length(4);
    expect(JSON.stringify(lines)).not.to.include('31612345678').and.not.include('hush').and.not.include('"7"');
    expect(lines[3]).to.have.nested.property('err.message', 'no');
  });

  it('writes no line below its level', () => {
    createPinoLog({ level: 'warn', destination }).info('quiet');
    expect(lines).to.have.length(0);
  });
});
