import { type LENGTHS_MS, PROMPT_TIMES, SILENCES } from './story.js';

/** The values in the configuration of the bare Asterisk. */
export interface BareSetup {
  readonly folders: {
    readonly etc: string;
    readonly lib: string;
    readonly spool: string;
    readonly run: string;
    readonly log: string;
    /** Holds `prompt`, `silence`, `message`, `ending` and `thanks` in A-law. */
    readonly sounds: string;
  };
  readonly program: { readonly modulesDir: string; readonly dataDir: string };
  readonly host: string;
  readonly sipPort: number;
  readonly amiPort: number;
  readonly amiSecret: string;
  readonly trunkPort: number;
  readonly rtp: { readonly from: number; readonly to: number };
}

export const AMI_USER = 'bench';

const MODULES = [
  ...['res_sorcery_config', 'res_sorcery_memory', 'res_sorcery_astdb'],
  ...['res_pjproject', 'res_pjsip', 'res_pjsip_session', 'res_pjsip_pubsub', 'res_pjsip_sdp_rtp'],
  ...['res_pjsip_endpoint_identifier_ip', 'res_pjsip_caller_id', 'res_pjsip_rfc3326', 'chan_pjsip'],
  ...['res_rtp_asterisk', 'res_timing_timerfd', 'codec_alaw', 'format_pcm'],
  ...['pbx_config', 'app_read', 'app_playback'],
];

/** Configuration files without settings. Asterisk logs an error when one is absent. */
const EMPTY = ['ccss', 'cel', 'features', 'udptl'];

/**
 * A bare dialplan with the steps of an alert call: `Answer`, `Read` with the prompt, `Playback` of the
 * message twice, and the ending. There is no controller, no ARI, no limit and no database, so this is the
 * least that the same call can cost.
 */
export function bareConfig(setup: BareSetup): Readonly<Record<string, string>> {
  const { folders, program, host, rtp } = setup;
  return {
    ...Object.fromEntries(EMPTY.map((name) => [`${name}.conf`, '[general]\n'])),
    'acl.conf': '',
    'pjproject.conf': '',
    'cdr.conf': '[general]\nenable = no\n',
    'asterisk.conf': lines(
      '[directories]',
      `astetcdir => ${folders.etc}`,
      `astmoddir => ${program.modulesDir}`,
      ...['astvarlibdir', 'astdbdir', 'astkeydir', 'astagidir', 'astcachedir'].map(
        (name) => `${name} => ${folders.lib}`,
      ),
      `astdatadir => ${program.dataDir}`,
      `astspooldir => ${folders.spool}`,
      `astrundir => ${folders.run}`,
      `astsbindir => ${folders.run}`,
      `astlogdir => ${folders.log}`,
      '[options]',
      'hideconnect = yes',
      'nocolor = yes',
      'documentation_language = en_US',
    ),
    'logger.conf': lines('[logfiles]', 'messages.log => notice,warning,error'),
    'modules.conf': lines('[modules]', 'autoload = no', ...MODULES.map((name) => `require = ${name}.so`)),
    'rtp.conf': lines('[general]', `rtpstart = ${rtp.from}`, `rtpend = ${rtp.to}`, 'icesupport = no'),
    'manager.conf': lines(
      '[general]',
      'enabled = yes',
      `bindaddr = ${host}`,
      `port = ${setup.amiPort}`,
      `[${AMI_USER}]`,
      `secret = ${setup.amiSecret}`,
      // Needed only for the event `FullyBooted`. After that event the driver turns events off.
      'read = system',
      'write = originate,system',
    ),
    'pjsip.conf': lines(
      '[transport]',
      'type = transport',
      'protocol = udp',
      `bind = ${host}:${setup.sipPort}`,
      '[trunk]',
      'type = aor',
      `contact = sip:${host}:${setup.trunkPort}`,
      '[trunk]',
      'type = endpoint',
      'transport = transport',
      'aors = trunk',
      'context = nowhere',
      'disallow = all',
      'allow = alaw',
      'direct_media = no',
      'timers = no',
      '[trunk]',
      'type = identify',
      'endpoint = trunk',
      `match = ${host}`,
    ),
    'extensions.conf': dialplan(folders.sounds),
  };
}

function dialplan(sounds: string): string {
  const sound = (name: keyof typeof LENGTHS_MS): string => `${sounds}/${name}`;
  const silence = (times: number): string[] => Array.from({ length: times }, () => sound('silence'));
  const prompt = Array.from({ length: PROMPT_TIMES }, () => [sound('prompt'), ...silence(SILENCES.afterPrompt)]).flat();
  const rest = [
    ...[...silence(SILENCES.betweenPlays), sound('message')],
    ...[sound('ending'), ...silence(SILENCES.afterEnding), sound('thanks')],
  ];
  return lines(
    '[alert]',
    'exten => s,1,Answer()',
    ` same => n,Read(digit,${prompt.join('&')},1,,1,1)`,
    ' same => n,GotoIf($["${digit}" = ""]?done)',
    ` same => n,Playback(${sound('message')})`,
    ` same => n,Playback(${rest.join('&')})`,
    ' same => n(done),Hangup()',
    '[nowhere]',
    'exten => s,1,Hangup()',
  );
}

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
