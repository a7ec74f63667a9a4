using System.Collections.Immutable;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Records;
using OrleansBroker.Storage.Tests.Journals;

namespace OrleansBroker.Storage.Tests.Records;

public sealed class RecordFormatTests
{
    private static JournalAppend Sealed(Func<RowBuilder, RowBuilder> fill) =>
        fill(new RowBuilder(new JournalId("session", "a"), new JournalEpoch(1), WriterId.New(), 2)).Build();

    [Theory]
    [InlineData("put", "09000000A636DDF6" + "01010200" + "6B31" + "766131")]
    [InlineData("payload", "0700000095059673" + "01020200" + "6B31" + "76")]
    [InlineData("remove", "06000000AE7873A0" + "01030200" + "6B31")]
    [InlineData("empty", "05000000EB134E29" + "01010100" + "6B")]
    public void Seal_KnownRecord_HasGoldenBytes(string record, string expected)
    {
        var row = Sealed(row => record switch
        {
            "put" => row.Put("k1", "va1"),
            "payload" => row.Put("k1", "v", ImmutableArray.Create("hello"u8)),
            "remove" => row.Remove("k1"),
            _ => row.Put("k", ""),
        });

        Assert.Equal(expected, Convert.ToHexString(row.Records.Span));
    }

    [Fact]
    public void Checksum_KnownInputs_MatchesRfc3720()
    {
        var ascending = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();

        Assert.Equal(0x8A9136AAu, Checksum.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Checksum.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Checksum.Of(ascending));
        Assert.Equal(0xE3069283u, Checksum.Of("123456789"u8));
        Assert.Equal(0x46DD794Eu, Checksum.Of(ascending.AsSpan(0, 5), ascending.AsSpan(5)));
    }

    [Fact]
    public void Read_WhatWasSealed_GivesItBack()
    {
        var row = Sealed(row => row.Put("a", "1").Remove("b").Put("c", new string('x', 100_000)));
        var reader = new RecordReader(row.Records.Span);

        Assert.Equal(RecordError.None, reader.Read(out var a));
        Assert.Equal("a"u8, a.Key);
        Assert.Equal("1"u8, a.Value);
        Assert.False(a.IsRemoval);
        Assert.Equal(RecordError.None, reader.Read(out var b));
        Assert.Equal("b"u8, b.Key);
        Assert.True(b.IsRemoval);
        Assert.Equal(RecordError.None, reader.Read(out var c));
        Assert.Equal(100_000, c.Value.Length);
        Assert.Equal(RecordError.EndOfRow, reader.Read(out _));
    }

    [Fact]
    public void Read_RowCutAtAnyByte_IsTruncatedAfterItsWholeRecords()
    {
        var bytes = Sealed(row => row.Put("a", "1").Put("key", "value")).Records.ToArray();
        var second = bytes.Length - (RecordFormat.KeyOffset + 3 + 5);
        for (var length = 1; length < bytes.Length; length++)
        {
            var reader = new RecordReader(bytes.AsSpan(0, length));
            if (length >= second)
                Assert.Equal(RecordError.None, reader.Read(out _));
            Assert.Equal(length == second ? RecordError.EndOfRow : RecordError.Truncated, reader.Read(out _));
        }
    }

    [Fact]
    public void Read_AnyBitFlipped_IsAnErrorAndStaysOne()
    {
        var bytes = Sealed(row => row.Put("key", "value")).Records.ToArray();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var reader = new RecordReader(flipped);
            var error = reader.Read(out _);

            Assert.NotEqual(RecordError.None, error);
            Assert.NotEqual(RecordError.EndOfRow, error);
            Assert.Equal(error, reader.Read(out _));
        }
    }

    [Theory]
    [InlineData("02010100" + "6B", nameof(RecordError.UnknownVersion))]
    [InlineData("00010100" + "6B", nameof(RecordError.UnknownVersion))]
    [InlineData("01000100" + "6B", nameof(RecordError.UnknownKind))]
    [InlineData("01040100" + "6B", nameof(RecordError.UnknownKind))]
    [InlineData("01810100" + "6B", nameof(RecordError.UnknownKind))]
    [InlineData("01010000" + "6B", nameof(RecordError.KeyLengthOutOfRange))]
    [InlineData("01010200" + "6B", nameof(RecordError.KeyLengthOutOfRange))]
    [InlineData("0101FFFF" + "6B", nameof(RecordError.KeyLengthOutOfRange))]
    [InlineData("01030100" + "6B00", nameof(RecordError.RemovalWithValue))]
    public void Read_WrongBodyWithRightChecksum_IsNamed(string body, string expected)
    {
        var bytes = WithHeader(Convert.FromHexString(body));
        Assert.Equal(expected, new RecordReader(bytes).Read(out _).ToString());
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(4u)]
    [InlineData(0x7FFFFFFFu)]
    [InlineData(uint.MaxValue)]
    public void Read_LengthNoRecordHas_IsNamed(uint length)
    {
        var bytes = new byte[64];
        BitConverter.TryWriteBytes(bytes, length);
        Assert.Equal(RecordError.LengthOutOfRange, new RecordReader(bytes).Read(out _));
    }

    [Fact]
    public void Read_RandomBytes_EndsWithAnError()
    {
        var random = new Random(20260101);
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = new byte[random.Next(1, 64)];
            random.NextBytes(bytes);
            bytes.AsSpan(1, Math.Min(3, bytes.Length - 1)).Clear(); // or nearly every length would be out of range
            Assert.NotEqual(RecordError.None, new RecordReader(bytes).Read(out _));
        }
    }

    private static byte[] WithHeader(byte[] body)
    {
        byte[] bytes = [(byte)body.Length, 0, 0, 0, 0, 0, 0, 0, .. body];
        BitConverter.TryWriteBytes(bytes.AsSpan(4), RecordReader.ChecksumOf(bytes));
        return bytes;
    }
}
