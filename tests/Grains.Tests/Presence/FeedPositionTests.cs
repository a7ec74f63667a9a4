using System.Buffers.Text;
using System.Net;
using OrleansBroker.Grains.Presence;

namespace OrleansBroker.Grains.Tests.Presence;

public sealed class FeedPositionTests
{
    private static readonly SiloAddress First = SiloAddress.New(new IPEndPoint(IPAddress.Parse("10.1.2.3"), 11_111), 77);
    private static readonly SiloAddress Second = SiloAddress.New(new IPEndPoint(IPAddress.IPv6Loopback, 1), -5);

    [Fact]
    public void Encode_IsWhatDecodeReads()
    {
        var positions = new Dictionary<SiloAddress, long> { [First] = 1L << 40, [Second] = FeedPosition.Unknown };

        Assert.True(FeedPosition.TryDecode(FeedPosition.Encode(positions), out var decoded));

        Assert.Equal(positions, decoded);
        Assert.True(FeedPosition.TryDecode(FeedPosition.Encode([]), out decoded));
        Assert.Empty(decoded);
    }

    [Fact]
    public void Encode_GoldenText()
    {
        // Version 1; 12 bytes: 10.1.2.3, port 11111, generation 77; position 299 as 300.
        var text = FeedPosition.Encode([KeyValuePair.Create(First, 299L)]);

        Assert.Equal("010c0a010203672b00004d000000ac02", Convert.ToHexStringLower(Base64Url.DecodeFromChars(text)));
    }

    [Fact]
    public void TryDecode_AnyPrefixOrChange_NeverThrows()
    {
        var whole = Base64Url.DecodeFromChars(FeedPosition.Encode([KeyValuePair.Create(First, 299L), KeyValuePair.Create(Second, 1L)]));
        for (var i = 0; i < whole.Length; i++)
        {
            FeedPosition.TryDecode(Base64Url.EncodeToString(whole.AsSpan(0, i)), out _);
            for (var bit = 0; bit < 8; bit++)
            {
                var changed = whole.ToArray();
                changed[i] ^= (byte)(1 << bit);
                FeedPosition.TryDecode(Base64Url.EncodeToString(changed), out _);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("AA")]
    [InlineData("!")]
    [InlineData("0")]
    [InlineData("AQwKAQIDZysAAE0AAACs")] // cut short
    [InlineData("AQwKAQIDZysAAE0AAACsAgwKAQIDZysAAE0AAACsAg")] // one silo twice
    public void TryDecode_NoPosition_IsRefused(string text) => Assert.False(FeedPosition.TryDecode(text, out _));
}
