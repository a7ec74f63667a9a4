using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansBroker.Durable;

/// <summary>The packets of MQTT 3.1.1 that the load needs.</summary>
internal static class Wire
{
    public static readonly byte[] Disconnect = [0xE0, 0x00];

    /// <summary>With Clean Session 0.</summary>
    public static byte[] Connect(string clientId) =>
        [0x10, (byte)(12 + clientId.Length), 0, 4, .. "MQTT"u8, 4, 0, 0, 0, 0, (byte)clientId.Length, .. Encoding.ASCII.GetBytes(clientId)];

    public static byte[] Subscribe(string topic) => [0x82, (byte)(5 + topic.Length), 0, 1, 0, (byte)topic.Length, .. Encoding.ASCII.GetBytes(topic), 1];

    /// <summary>At QoS 1; the identifier is set by <see cref="SetIdentifier"/>.</summary>
    public static byte[] Publish(string topic, int size)
    {
        var remaining = 2 + topic.Length + 2 + size;
        byte[] length = remaining < 128 ? [(byte)remaining] : remaining < 16_384 ? [(byte)(remaining | 128), (byte)(remaining >> 7)] : [(byte)(remaining | 128), (byte)((remaining >> 7) | 128), (byte)(remaining >> 14)];
        return [0x32, .. length, 0, (byte)topic.Length, .. Encoding.ASCII.GetBytes(topic), 0, 0, .. new byte[size]];
    }

    public static void SetIdentifier(Span<byte> publish, int size, ushort id) => BinaryPrimitives.WriteUInt16BigEndian(publish[^(size + 2)..], id);

    public static async Task<Socket> OpenAsync(int port, string clientId)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await SendAsync(socket, Connect(clientId));
        await ExpectAsync(socket, 4, 0x20);
        return socket;
    }

    public static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes)..];
    }

    public static async Task ExpectAsync(Socket socket, int length, byte type)
    {
        var buffer = new byte[length];
        for (var read = 0; read < length;)
        {
            var more = await socket.ReceiveAsync(buffer.AsMemory(read));
            if (more == 0) throw new IOException("The broker ended the connection.");
            read += more;
        }

        if (buffer[0] != type || buffer[3] != 0 && type == 0x20) throw new IOException($"Unexpected packet {Convert.ToHexString(buffer)}.");
    }
}
