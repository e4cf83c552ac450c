/** Names of common emoji and the characters they stand for. */

const TABLE = `
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|smile 😄|smiley 😃|grinning 😀|slightly_smiling_face 🙂|wink 😉|joy 😂|sweat_smile 😅
thinking_face 🤔|cry 😢|sob 😭|heart ❤️|heart_eyes 😍|open_mouth 😮|confused 😕|sunglasses 😎|pray 🙏|clap 👏|wave 👋|muscle 💪
raised_hands 🙌|ok_hand 👌|point_right 👉|point_left 👈|point_up ☝️|eyes 👀|brain 🧠|robot_face 🤖|speech_balloon 💬|thought_balloon 💭
fire 🔥|star ⭐|star2 🌟|sparkles ✨|tada 🎉|rocket 🚀|dart 🎯|trophy 🏆|medal 🏅|first_place_medal 🥇|gem 💎|bulb 💡|zap ⚡|boom 💥
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|no_entry ⛔|no_entry_sign 🚫|warning ⚠️|question ❓|exclamation ❗
information_source ℹ️|red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|white_circle ⚪
black_circle ⚫|hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|alarm_clock ⏰|clock1 🕐|calendar 📅|date 📅|pause_button ⏸️
arrow_forward ▶️|black_square_for_stop ⏹️|stop_button ⏹️|fast_forward ⏩|repeat 🔁|arrows_counterclockwise 🔄|recycle ♻️
arrow_up ⬆️|arrow_down ⬇️|arrow_right ➡️|arrow_left ⬅️|arrow_upper_right ↗️|arrow_lower_right ↘️|heavy_plus_sign ➕|heavy_minus_sign ➖
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|mag 🔍|mag_right 🔎|memo 📝|pencil ✏️|pencil2 ✏️|page_facing_up 📄
clipboard 📋|paperclip 📎|link 🔗|file_folder 📁|open_file_folder 📂|books 📚|book 📖|bookmark 🔖|label 🏷️|inbox_tray 📥|outbox_tray 📤
package 📦|floppy_disk 💾|computer 💻|gear ⚙️|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|test_tube 🧪|microscope 🔬|dna 🧬|telescope 🔭
lock 🔒|unlock 🔓|key 🔑|bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢|moneybag 💰|dollar 💵|coin 🪙|seedling 🌱|herb 🌿|evergreen_tree 🌲
bug 🐛|construction 🚧|rotating_light 🚨|checkered_flag 🏁|game_die 🎲|wastebasket 🗑️|ghost 👻|art 🎨|coffee ☕|snowflake ❄️|sunny ☀️
`;

export const EMOJI = new Map(
  TABLE.split(/[|\n]/).map((pair) => pair.trim()).filter(Boolean).map((pair) => {
    const cut = pair.lastIndexOf(' ');
    return [pair.slice(0, cut), pair.slice(cut + 1)];
  }),
);

/** The character for a name, or undefined; skin tones are ignored. */
export function emojiChar(name) {
  return EMOJI.get(name.split('::')[0]);
}

/** Text with known :names: replaced by their characters. */
export function withEmoji(text) {
  return String(text ?? '').replace(/:([a-z0-9_+-]+):/g, (whole, name) => emojiChar(name) ?? whole);
}
