using System.Buffers;
using Azure.Data.Tables;
using OrleansBroker.Storage.AzureTables;

namespace OrleansBroker.Storage.Tests.AzureTables;

public sealed class AzureRowTests
{
    /// <summary>As in RecordFormatTests: k1 = va1, and k1 = v with a payload.</summary>
    private const string Put = "09000000A636DDF6010102006B31766131";
    private const string PutWithPayload = "0700000095059673010202006B3176";

    private static readonly Guid Shared = new("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly TableEntity Entity = new("0000", "l!session!61!0000000000000002");

    [Fact]
    public void Write_OwnAndSharedPayload_HaveGoldenBytes()
    {
        var body = new ArrayBufferWriter<byte>();
        AzureRow.Write(body, Convert.FromHexString(Put));
        AzureRow.Write(body, Convert.FromHexString(PutWithPayload));
        AzureRow.WriteOwn(body, "hello"u8);
        AzureRow.Write(body, Convert.FromHexString(PutWithPayload));
        AzureRow.WriteShared(body, Shared);

        Assert.Equal(
            Put + PutWithPayload + "01" + "05000000" + "68656C6C6F" + PutWithPayload + "02" + "00112233445566778899AABBCCDDEEFF",
            Convert.ToHexString(body.WrittenSpan));
        var records = AzureRow.Read(body.WrittenMemory, Entity, 2, 0);
        Assert.Equal([(0, false, false), (1, true, false), (2, true, true)], records.Select(static record => (record.Place, record.HasPayload, record.Shared is not null)));
        Assert.Equal("hello"u8.ToArray(), records[1].Own.ToArray());
        Assert.Equal(Shared, records[2].Shared);
    }

    [Theory]
    [InlineData("09000000A636DDF6010102006B317661")]
    [InlineData("09000000A636DDF7010102006B31766131")]
    [InlineData("0700000095059673010202006B3176")]
    [InlineData("0700000095059673010202006B317601060000006868686868")]
    [InlineData("0700000095059673010202006B317601FFFFFFFF68")]
    [InlineData("0700000095059673010202006B31760200112233")]
    [InlineData("0700000095059673010202006B317603")]
    public void Read_DamagedBody_IsRefusedWithTheEntitysName(string body)
    {
        var refusal = Assert.Throws<InvalidDataException>(() => AzureRow.Read(Convert.FromHexString(body), Entity, 2, 0));
        Assert.Contains("0000/l!session!61!0000000000000002", refusal.Message, StringComparison.Ordinal);
    }
}
