using System.Text;

namespace OrleansBroker.Mqtt.Tests.Cases;

/// <summary>Bytes as text: pairs of hexadecimal digits, spaces, and 'text' in UTF-8.</summary>
internal static class Wire
{
    public static byte[] Bytes(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == ' ')
            {
                i++;
            }
            else if (text[i] == '\'')
            {
                var end = text.IndexOf('\'', i + 1);
                bytes.AddRange(Encoding.UTF8.GetBytes(text[(i + 1)..end]));
                i = end + 1;
            }
            else
            {
                bytes.Add(Convert.ToByte(text.Substring(i, 2), 16));
                i += 2;
            }
        }

        return [.. bytes];
    }

    /// <summary>First byte, Remaining Length as it must be, body.</summary>
    public static byte[] Packet(int firstByte, string body)
    {
        var bodyBytes = Bytes(body);
        var packet = new List<byte> { (byte)firstByte };
        var rest = bodyBytes.Length;
        do
        {
            packet.Add((byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
            rest >>= 7;
        }
        while (rest > 0);
        return [.. packet, .. bodyBytes];
    }
}
