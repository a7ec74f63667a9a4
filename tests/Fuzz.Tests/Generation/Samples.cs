using System.Text;

namespace OrleansBroker.Fuzz.Tests.Generation;

/// <summary>Values worth trying.</summary>
internal static class Samples
{
    public static byte[][] Topics { get; } = Encode(
        "a", "a/b", "a/b/c", "sensors/7/temperature", "/", "//", "a//b", "$SYS/broker/x", "ä/€/\U0001F600", "\uFEFFbom", "x y", new string('t', 200));

    public static byte[][] Filters { get; } = Encode(
        "a", "a/#", "#", "+", "+/b", "a/+/c", "+/+/#", "/", "$SYS/#", "$share/g/a", "$share/g/#", "$share/group/+/b", "$share/g//", "ä/€/#", "$shared/x");

    public static byte[][] ClientIds { get; } = Encode("c0", "c1", "c2", "c3", "client-of-23-characters", "ключ");

    /// <summary>Strings that are none, and strings that some decoders take for none.</summary>
    public static byte[][] Utf8 { get; } =
    [
        [0x00],
        [0x61, 0x00, 0x62],
        [0xC0, 0x80], // overlong NUL
        [0xC1, 0xBF],
        [0xE0, 0x80, 0xAF], // overlong /
        [0xF0, 0x80, 0x80, 0xAF],
        [0xED, 0xA0, 0x80], // U+D800
        [0xED, 0xBF, 0xBF], // U+DFFF
        [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], // CESU-8
        [0xED, 0x9F, 0xBF], // U+D7FF, valid
        [0xEE, 0x80, 0x80], // U+E000, valid
        [0xF4, 0x8F, 0xBF, 0xBF], // U+10FFFF, valid
        [0xF4, 0x90, 0x80, 0x80], // above it
        [0xF5, 0x80, 0x80, 0x80],
        [0xFE],
        [0xFF, 0xFF],
        [0x80],
        [0xC3],
        [0xE2, 0x82],
        [0xF0, 0x9F, 0x98],
        [0xEF, 0xBF, 0xBE], // U+FFFE, a noncharacter, valid
        [0xEF, 0xBF, 0xBF],
        [0xEF, 0xB7, 0x90], // U+FDD0
        [0xEF, 0xBB, 0xBF], // BOM, valid
        [0x01, 0x1F, 0x7F, 0xC2, 0x80, 0xC2, 0x9F], // controls, valid
    ];

    /// <summary>Well-formed, but perhaps not what belongs there.</summary>
    public static byte[][] Texts { get; } =
    [
        .. Encode(
            "", "+", "#", "a/#", "a#", "#/a", "a+", "+a", "a/+b", "a/b#", "a/##", "$share", "$share/", "$share//", "$share//a", "$share/g", "$share/g/",
            "$share/g+/a", "$share/#/a", "$share/g/a#", "$share/g/#/b", "$share/+/+", "$SHARE/g/a", "MQTT", "MQIsdp", "mqtt"),
        Deep(127), Deep(128), Deep(129), Deep(300), Shared(Deep(128)), Shared(Deep(129)), new byte[1000], [.. Enumerable.Repeat((byte)'x', 1000)],
    ];

    /// <summary>A topic of so many levels.</summary>
    private static byte[] Deep(int levels) => Encoding.UTF8.GetBytes(string.Join('/', Enumerable.Repeat("l", levels)));

    private static byte[] Shared(byte[] filter) => [.. "$share/g/"u8, .. filter];

    private static byte[][] Encode(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}
