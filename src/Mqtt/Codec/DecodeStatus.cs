namespace OrleansBroker.Mqtt.Codec;

/// <summary>What a look at a buffer that may end in mid-packet gave.</summary>
public enum DecodeStatus : byte
{
    Done = 0,
    NeedMoreData = 1,
    Violation = 2,
}
