using OrleansBroker.Grains.Records;

namespace OrleansBroker.Grains.Tests.Records;

public sealed class RecordFieldsTests
{
    [Fact]
    public void Written_EveryField_IsTheStoredContract()
    {
        var writer = new RecordWriter(stackalloc byte[4]);
        writer.Byte(1);
        writer.Bool(true);
        writer.UInt16(0x0203);
        writer.UInt32(0x04050607);
        writer.Int64(0x08090a0b0c0d0e0f);
        writer.Raw([0x10, 0x11]);
        writer.Text("é");
        writer.Text("");
        writer.Text(null);
        writer.Short(127);
        writer.Short(300);
        writer.Short(uint.MaxValue);
        writer.ShortText("é");

        Assert.Equal(
            "01" + "01" + "0302" + "07060504" + "0f0e0d0c0b0a0908" + "1011" + "02000000c3a9" + "00000000" + "ffffffff" + "7f" + "ac02" + "ffffffff0f" + "02c3a9",
            Hex.Of(writer.Written));
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var writer = new RecordWriter([]);
        writer.Byte(200);
        writer.Bool(false);
        writer.UInt16(60_000);
        writer.UInt32(4_000_000_000);
        writer.Int64(long.MinValue);
        writer.Short(uint.MaxValue);
        writer.ShortText(new string('s', 5_000));
        writer.Text("text");
        writer.Text(null);

        var fields = new RecordFields(writer.Written);
        Assert.Equal(200, fields.Byte());
        Assert.False(fields.Bool());
        Assert.Equal(60_000, fields.UInt16());
        Assert.Equal(4_000_000_000, fields.UInt32());
        Assert.Equal(long.MinValue, fields.Int64());
        Assert.Equal(uint.MaxValue, fields.Short());
        Assert.Equal(5_000, fields.ShortText().Length);
        Assert.Equal("text", fields.Text());
        Assert.Null(fields.Text());
    }

    [Fact]
    public void Read_BeyondTheEnd_IsZeroAndStaysThere()
    {
        var fields = new RecordFields([7, 1]);

        Assert.Equal(7, fields.Byte());
        // Half a field is none, and what follows it is not read from its middle.
        Assert.Equal(0u, fields.UInt32());
        Assert.Equal(0, fields.Byte());
        Assert.Equal(0, fields.UInt16());
        Assert.Equal(0L, fields.Int64());
        Assert.False(fields.Bool());
        Assert.Equal(0u, fields.Short());
        Assert.Equal("", fields.ShortText());
        Assert.Equal("", fields.Text());
    }

    [Fact]
    public void Read_LengthBeyondTheEnd_TakesWhatIsThere()
    {
        var fields = new RecordFields([0xfe, 0xff, 0xff, 0xff, (byte)'a', (byte)'b']);

        Assert.Equal("ab", fields.Text());
    }

    [Fact]
    public void ReadShort_WithoutEnd_TakesFiveBytes()
    {
        var fields = new RecordFields([0xff, 0xff, 0xff, 0xff, 0xff, 7]);

        Assert.Equal(uint.MaxValue, fields.Short());
        Assert.Equal(7, fields.Byte());
    }

    [Fact]
    public void ReadShortText_LengthBeyondTheEnd_TakesWhatIsThere()
    {
        var fields = new RecordFields([0xff, 0xff, 0xff, 0xff, 0x0f, (byte)'a']);

        Assert.Equal("a", fields.ShortText());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(899)]
    public void LongKey_Below900Bytes_IsPlain(int length)
    {
        var key = Enumerable.Repeat((byte)'k', length).ToArray();

        Assert.Equal(key, Write(key));
    }

    /// <summary>No plain key is as long as a hashed one, so that neither can be made to look like the other.</summary>
    [Theory]
    [InlineData(900)]
    [InlineData(901)]
    public void LongKey_Longer_IsItsBeginningWithTheHash(int length)
    {
        var key = Enumerable.Repeat((byte)'k', length).ToArray();
        var written = Write(key);

        Assert.Equal(900, written.Length);
        Assert.Equal(string.Concat(Enumerable.Repeat("6b", 868)), Hex.Of(written)[..^64]);
        // SHA-256 of so many times "k".
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(key)), Hex.Of(written)[^64..]);
    }

    [Fact]
    public void LongKey_KeysThatDifferAtTheirEnd_Differ()
    {
        var (one, other) = (new byte[65_535], new byte[65_535]);
        other[^1] = 1;

        Assert.NotEqual(Write(one), Write(other));
        Assert.True(Write(one).Length < 1_024);
    }

    private static byte[] Write(byte[] key)
    {
        var writer = new RecordWriter([]);
        LongKey.Write(ref writer, key);
        return writer.Written.ToArray();
    }
}
