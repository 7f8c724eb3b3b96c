import { expect } from 'chai';
import { parsePhoneNumber } from '../../../src/domain/phone-number.js';
import { e164 } from '../../../src/phonenet/demo/expected.js';
import { sampleTown, townCsv } from '../../../src/phonenet/town/town.js';

describe('sample town', () => {
  const town = sampleTown();

  it('is the same for the same seed, and different for another seed', () => {
    expect(sampleTown()).to.deep.equal(town);
    expect(sampleTown({ seed: 1 })).not.to.deep.equal(town);
  });

  it('has at least 200 people, some with two numbers, and two households that share a number', () => {
    expect(town.people.length).to.be.at.least(200);
    expect(town.people.filter(({ phones }) => phones.length === 2).length).to.be.at.least(5);
    const numbers = town.people.flatMap(({ phones }) => phones.map(e164));
    expect(numbers.length - new Set(numbers).size).to.equal(2);
  });

  it('lies in Dronten, with its neighbours in another postcode area', () => {
    for (const { postcodes } of town.people) for (const code of postcodes) expect(code).to.match(/^825[1-6][A-Z]{2}$/);
    for (const { postcodes } of town.neighbours) for (const code of postcodes) expect(code).to.match(/^8261[A-Z]{2}$/);
  });

  it('has valid numbers, each with one behaviour', () => {
    for (const { number } of town.citizens) expect(parsePhoneNumber(number).ok, number).to.equal(true);
    expect(new Set(town.citizens.map(({ number }) => e164(number))).size).to.equal(town.citizens.length);
    const known = new Set(town.citizens.map(({ number }) => e164(number)));
    for (const { phones } of town.people) for (const phone of phones) expect(known.has(e164(phone))).to.equal(true);
  });

  it('can be imported as a file', () => {
    const [header, ...rows] = townCsv(town).trimEnd().split('\r\n');
    expect(header).to.equal('phone,postcode,name');
    expect(rows).to.have.length(town.people.length + town.neighbours.length);
    for (const row of rows) expect(row.split(',')).to.have.length(3);
  });
});
