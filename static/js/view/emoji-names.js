// @ts-check
/** The emoji one reacts with, and what each is called for those who search or hear it. */
export const EMOJI_NAMES = new Map(
  `👍 thumbs up|👎 thumbs down|❤️ heart|😂 tears of joy|🎉 party|🙏 thank you|👀 eyes|🤔 thinking
😀 grinning|😄 smile|😁 beaming|😆 laughing|😅 sweat|🙂 slight smile|🙃 upside down|😉 wink
😊 blush|😇 halo|🥰 in love|😍 heart eyes|😘 kiss|😋 yum|😛 tongue|🤪 zany
🤗 hug|🤭 hand over mouth|🤫 hush|🤨 raised eyebrow|😐 neutral|😏 smirk|🙄 rolling eyes|😬 grimace
😌 relieved|😴 asleep|😎 sunglasses|🤓 nerd|🧐 monocle|😕 confused|🙁 frown|😮 surprised
😲 astonished|😳 flushed|🥺 pleading|😨 fearful|😰 anxious|😢 crying|😭 sobbing|😱 screaming
😤 huffing|😡 angry|🤬 swearing|🤯 mind blown|🥳 partying|🤒 sick|🤢 nauseated|🥶 cold
🥵 hot|😈 devil|💀 skull|💩 poo|🤡 clown|👻 ghost|👽 alien|🤖 robot
👋 wave|👌 okay|✌️ victory|🤞 fingers crossed|🤘 rock on|👈 left|👉 right|👆 up
👇 down|☝️ one|✋ hand|👊 fist|👏 applause|🙌 hooray|🤝 handshake|💪 strong
🤷 shrug|🤦 facepalm|🙋 me|💁 here you go|🙅 no way|💃 dancing|🏃 running|🧠 brain
🧡 orange heart|💛 yellow heart|💚 green heart|💙 blue heart|💜 purple heart|🖤 black heart|💔 broken heart|💯 hundred
✅ done|❌ no|❓ question|❗ exclamation|⚠️ warning|⛔ stop|🚫 forbidden|♻️ recycle
➕ plus one|➖ minus one|🔥 fire|✨ sparkles|⭐ star|🌟 glowing star|⚡ lightning|💥 boom
💡 idea|🚀 rocket|🐛 bug|🔧 wrench|🔨 hammer|🔒 locked|🔑 key|📌 pin
📎 paperclip|📝 memo|📅 calendar|📈 rising|📉 falling|📦 package|💻 laptop|📱 phone
⏰ alarm|⏳ hourglass|🔔 bell|🔍 search|🏆 trophy|🥇 gold medal|🎯 target|🎁 gift
🎂 cake|🍰 pie|🍕 pizza|🍔 burger|🍎 apple|🍌 banana|🍺 beer|🍷 wine
☕ coffee|🍵 tea|🎵 music|🎶 notes|🎨 art|🎬 film|🎮 game|⚽ football
🌱 seedling|🌳 tree|🌸 blossom|🌹 rose|🌈 rainbow|☀️ sun|🌧️ rain|❄️ snow
🌍 world|🌙 moon|🐱 cat|🐶 dog|🦊 fox|🐻 bear|🐼 panda|🦄 unicorn
🐝 bee|🦋 butterfly|🐢 turtle|🐧 penguin|🐙 octopus|🦀 crab|🚗 car|🚲 bicycle
🚂 train|✈️ plane|🏠 home|🏖️ beach|💰 money|🧪 test tube|🗑️ bin|🏁 finish`
    .split(/[|\n]/)
    .map((entry) => /** @type {[string, string]} */ (entry.split(/ (.+)/, 2))),
);
