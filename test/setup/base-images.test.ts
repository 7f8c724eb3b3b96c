import { expect } from 'chai';
import { textOf } from '../house/files.js';
import { baseImagesOf } from '../../scripts/lib/compose-test/base-images.mjs';

describe('the base images of the compose test', () => {
  it('are the images in the FROM lines, without the stages of the same file', () => {
    const file =
      'FROM debian:forky-slim AS base\nFROM base AS asterisk\nFROM node:24 AS build\nFROM base\nFROM debian:forky-slim\n';
    expect(baseImagesOf(file)).to.deep.equal(['debian:forky-slim', 'node:24']);
    expect(baseImagesOf(textOf('Dockerfile')).map((image) => image.split(':')[0])).to.have.members(['debian', 'node']);
  });
});
