import { expect } from 'chai';
import type { DeskService } from '../../src/app/desk-service.js';
import { Problem } from '../../src/domain/problem.js';
import { ControlRoom } from '../support/control-room.js';

describe('the desk', () => {
  let room: ControlRoom;
  let desk: DeskService;

  beforeEach(() => {
    room = new ControlRoom();
    ({ desk } = room.deskSide);
  });

  afterEach(() => {
    room.close();
  });

  it('makes an account for a centralist that no caller can pass for, and makes it known at once', async () => {
    const { centralist, server, transport } = await desk.add({ name: 'Kees', extension: '22' });
    expect([server, transport]).to.deep.equal(['192.0.2.1:5060', 'udp']);
    expect(centralist.sipUsername).to.match(/^desk-22-[0-9a-f]{6}$/);
    expect(centralist.sipPassword).to.have.length.of.at.least(20);
    const { sipUsername: username, sipPassword: password } = centralist;
    expect(room.telephony.desks).to.deep.equal([{ username, password, displayName: 'Kees' }]);
  });

  it('gives nobody an extension that is taken, and says so by its field', async () => {
    const error = await desk.add({ name: 'Kees', extension: '21' }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Problem).with.property('code', 'conflict');
    expect((error as Problem).fields.map(({ field }) => field)).to.deep.equal(['extension']);
    expect(room.stores.centralists.all()).to.have.lengthOf(1);
  });

  it('knows who is registered, and makes every account known again after a start', async () => {
    await desk.add({ name: 'Kees', extension: '22' });
    room.telephony.script('desk21', { answersAfterMs: 0 });
    const list = await desk.list();
    expect(list.map(({ centralist, registered }) => [centralist.extension, registered])).to.deep.equal([
      ['21', true],
      ['22', false],
    ]);
    room.telephony.desks.length = 0;
    await desk.provisionAll();
    expect(room.telephony.desks.map(({ displayName }) => displayName)).to.deep.equal(['Desk', 'Kees']);
  });
});
