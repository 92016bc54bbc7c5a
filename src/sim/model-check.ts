import type { DeploymentModel, LinkModel } from './deployment-model.ts';

/** @throws RangeError that names the first field that makes no sense */
export function assertModel(model: DeploymentModel): void {
  positive('wireBytes', model.wireBytes);
  positive('rawBytes', model.rawBytes);
  positive('pieceBytes', model.pieceBytes);
  positive('connectionCapBps', model.connectionCapBps);
  positiveLink('server', model.server);
  positive('disk.readBps', model.disk.readBps);
  positive('disk.writeBps', model.disk.writeBps);
  if (model.sites.length === 0)
    throw new RangeError('sites: at least one is needed, where the server stands');
  if (model.machines.length === 0) throw new RangeError('machines: at least one is needed');
  for (const [place, { link, site }] of model.machines.entries()) {
    positiveLink(`machines[${place}].link`, link);
    if (!model.sites[site]) throw new RangeError(`machines[${place}].site: there is no site ${site}`);
  }
}

function positiveLink(field: string, { upBps, downBps }: LinkModel): void {
  positive(`${field}.upBps`, upBps);
  positive(`${field}.downBps`, downBps);
}

function positive(field: string, value: number): void {
  if (!(value > 0)) throw new RangeError(`${field}: found ${value}, allowed is a number above 0`);
}
