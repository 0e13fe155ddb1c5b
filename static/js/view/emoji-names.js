// @ts-check
/**
 * The emoji one reacts with, and what each is called for those who search or hear it. Some stand in a
 * text together: a name alone, such as "left", would be translated as whatever else is called that.
 */
import { gettext } from "../all-words.js";

const NAMED = [
  gettext("👍 thumbs up|👎 thumbs down|❤️ heart|😂 tears of joy|🎉 party|🙏 thank you|👀 eyes|🤔 thinking"),
  gettext("😀 grinning|😄 smile|😁 beaming|😆 laughing|😅 sweat|🙂 slight smile|🙃 upside down|😉 wink"),
  gettext("😊 blush|😇 halo|🥰 in love|😍 heart eyes|😘 kiss|😋 yum|😛 tongue|🤪 zany"),
  gettext("🤗 hug|🤭 hand over mouth|🤫 hush|🤨 raised eyebrow|😐 neutral|😏 smirk|🙄 rolling eyes|😬 grimace"),
  gettext("😌 relieved|😴 asleep|😎 sunglasses|🤓 nerd|🧐 monocle|😕 confused|🙁 frown|😮 surprised"),
  gettext("😲 astonished|😳 flushed|🥺 pleading|😨 fearful|😰 anxious|😢 crying|😭 sobbing|😱 screaming"),
  gettext("😤 huffing|😡 angry|🤬 swearing|🤯 mind blown|🥳 partying|🤒 sick|🤢 nauseated|🥶 cold"),
  gettext("🥵 hot|😈 devil|💀 skull|💩 poo|🤡 clown|👻 ghost|👽 alien|🤖 robot"),
  gettext("👋 wave|👌 okay|✌️ victory|🤞 fingers crossed|🤘 rock on|👈 left|👉 right|👆 up"),
  gettext("👇 down|☝️ one|✋ hand|👊 fist|👏 applause|🙌 hooray|🤝 handshake|💪 strong"),
  gettext("🤷 shrug|🤦 facepalm|🙋 me|💁 here you go|🙅 no way|💃 dancing|🏃 running|🧠 brain"),
  gettext("🧡 orange heart|💛 yellow heart|💚 green heart|💙 blue heart|💜 purple heart|🖤 black heart|💔 broken heart|💯 hundred"),
  gettext("✅ done|❌ no|❓ question|❗ exclamation|⚠️ warning|⛔ stop|🚫 forbidden|♻️ recycle"),
  gettext("➕ plus one|➖ minus one|🔥 fire|✨ sparkles|⭐ star|🌟 glowing star|⚡ lightning|💥 boom"),
  gettext("💡 idea|🚀 rocket|🐛 bug|🔧 wrench|🔨 hammer|🔒 locked|🔑 key|📌 pin"),
  gettext("📎 paperclip|📝 memo|📅 calendar|📈 rising|📉 falling|📦 package|💻 laptop|📱 phone"),
  gettext("⏰ alarm|⏳ hourglass|🔔 bell|🔍 search|🏆 trophy|🥇 gold medal|🎯 target|🎁 gift"),
  gettext("🎂 cake|🍰 pie|🍕 pizza|🍔 burger|🍎 apple|🍌 banana|🍺 beer|🍷 wine"),
  gettext("☕ coffee|🍵 tea|🎵 music|🎶 notes|🎨 art|🎬 film|🎮 game|⚽ football"),
  gettext("🌱 seedling|🌳 tree|🌸 blossom|🌹 rose|🌈 rainbow|☀️ sun|🌧️ rain|❄️ snow"),
  gettext("🌍 world|🌙 moon|🐱 cat|🐶 dog|🦊 fox|🐻 bear|🐼 panda|🦄 unicorn"),
  gettext("🐝 bee|🦋 butterfly|🐢 turtle|🐧 penguin|🐙 octopus|🦀 crab|🚗 car|🚲 bicycle"),
  gettext("🚂 train|✈️ plane|🏠 home|🏖️ beach|💰 money|🧪 test tube|🗑️ bin|🏁 finish"),
];

/** @type {Map<string, string>} */
export const EMOJI_NAMES = new Map(
  NAMED.flatMap((some) => some.split("|")).map((each) => {
    const end = each.indexOf(" ");
    return [each.slice(0, end), each.slice(end + 1)];
  }),
);
