import type { Config } from 'vega-lite';
import type { PhaseOrWaiting } from '../metrics/phase-times.ts';
import type { RecordSource, Transport } from '../record/run-record.ts';

/**
 * One colour per transport in every chart: Okabe & Ito (2008), told apart with any colour vision. Clonezilla's are the
 * wine and the grey of Tol (2021): their eighth, yellow, is too pale on white.
 */
export const TRANSPORT_COLOURS: Readonly<Record<Transport, string>> = {
  p2p: '#0072B2',
  webtorrent: '#E69F00',
  aria2: '#56B4E9',
  libtorrent: '#000000',
  unicast: '#D55E00',
  'clonezilla-unicast': '#882255',
  multicast: '#009E73',
  'clonezilla-multicast': '#BBBBBB',
  chain: '#CC79A7',
};

/** How the marks of one executor look in every chart. */
export interface SourceStyle {
  /** Lengths of line and gap [px]; empty for a solid line. */
  readonly dash: readonly number[];
  /** Vega symbol name. */
  readonly shape: string;
  /** Open shapes let a point beneath show through; measured ones are solid. */
  readonly isOpen: boolean;
  readonly hasLine: boolean;
}

/** One dash and one shape per executor in every chart. */
export const SOURCE_STYLES: Readonly<Record<RecordSource, SourceStyle>> = {
  theory: { dash: [2, 3], shape: 'triangle-up', isOpen: true, hasLine: true },
  fluid: { dash: [4, 2, 1, 2], shape: 'cross', isOpen: true, hasLine: true },
  sim: { dash: [7, 4], shape: 'square', isOpen: true, hasLine: true },
  local: { dash: [], shape: 'circle', isOpen: false, hasLine: true },
  netns: { dash: [16, 3], shape: 'triangle-down', isOpen: false, hasLine: true },
  vm: { dash: [1, 2], shape: 'triangle-right', isOpen: false, hasLine: true },
  hardware: { dash: [12, 3, 2, 3], shape: 'triangle-left', isOpen: false, hasLine: true },
  published: { dash: [], shape: 'diamond', isOpen: false, hasLine: false },
};

/** Nine phases and the wait: Paul Tol's muted scheme, told apart with any colour vision. */
export const PHASE_COLOURS: Readonly<Record<PhaseOrWaiting, string>> = {
  boot: '#332288',
  register: '#AA4499',
  metainfo: '#CC6677',
  partition: '#999933',
  scan: '#117733',
  download: '#88CCEE',
  write: '#DDCC77',
  verify: '#44AA99',
  finish: '#882255',
  waiting: '#DDDDDD',
};

/** Lines that no run made: models and bounds. */
export const REFERENCE_COLOUR = '#555555';

/** Text. */
export const INK = '#222222';
const FAINT = '#E4E4E4';

/** The package `dejavu-fonts-ttf` brings the first; a browser without it takes the second. */
const FONT = 'DejaVu Sans, sans-serif';

/** Looks shared by all charts; a white ground, so that a chart reads on any page. */
export const CHART_CONFIG: Config = {
  font: FONT,
  background: 'white',
  padding: 12,
  aria: false,
  view: { stroke: null },
  title: { anchor: 'start', frame: 'bounds', fontSize: 15, fontWeight: 'bold', color: INK, offset: 14 },
  axis: {
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    labelColor: INK,
    titleColor: INK,
    gridColor: FAINT,
    domainColor: '#888888',
    tickColor: '#888888',
    labelPadding: 5,
    titlePadding: 9,
  },
  axisX: { grid: false, labelFlush: false },
  header: {
    labelFontSize: 12,
    labelFontWeight: 'bold',
    labelColor: INK,
    labelAnchor: 'start',
    labelPadding: 6,
  },
  legend: { labelFontSize: 12, titleFontSize: 12, labelColor: INK, titleColor: INK, symbolType: 'square' },
};
